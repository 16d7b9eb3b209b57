"""The complaint register of a sub-district office: mail in, a shared sheet, sealed answers out."""
