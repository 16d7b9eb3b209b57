"""Google's side of the town: sign-in, Sheets v4 and a little Drive v3, without any socket."""
