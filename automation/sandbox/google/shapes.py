"""The messages of the Sheets API as far as the sandbox reads them: names and types of fields."""

from collections.abc import Iterator, Mapping
from typing import Final

# An excerpt of Google's discovery document (sheets v4), as its tests prove. A line is a message and
# its fields; `name:type`, `name:[type]` for a list, `name:` when the type is called as the field
# is. `any` is not looked into. What begins with "spreadsheets." is the query of that method.
_MESSAGES: Final = """
AddBandingRequest bandedRange:
AddConditionalFormatRuleRequest index:int rule:ConditionalFormatRule
AddDimensionGroupRequest range:DimensionRange
AddFilterViewRequest filter:FilterView
AddNamedRangeRequest namedRange:
AddProtectedRangeRequest protectedRange:
AddSheetRequest properties:SheetProperties
AppendCellsRequest fields:str rows:[RowData] sheetId:int tableId:str
AppendDimensionRequest dimension: length:int sheetId:int
AutoResizeDimensionsRequest dataSourceSheetDimensions:any dimensions:DimensionRange
BandedRange bandedRangeId:int bandedRangeReference:str columnProperties:BandingProperties
    range:GridRange rowProperties:BandingProperties
BandingProperties firstBandColor:Color firstBandColorStyle:ColorStyle footerColor:Color
    footerColorStyle:ColorStyle headerColor:Color headerColorStyle:ColorStyle
    secondBandColor:Color secondBandColorStyle:ColorStyle
BasicFilter criteria:any filterSpecs:[FilterSpec] range:GridRange sortSpecs:[SortSpec]
    tableId:str
BatchClearValuesByDataFilterRequest dataFilters:[DataFilter]
BatchClearValuesRequest ranges:[str]
BatchGetValuesByDataFilterRequest dataFilters:[DataFilter] dateTimeRenderOption:
    majorDimension:Dimension valueRenderOption:
BatchUpdateSpreadsheetRequest commentsViewMode: includeSpreadsheetInResponse:bool
    requests:[Request] responseIncludeGridData:bool responseRanges:[str]
BatchUpdateValuesByDataFilterRequest data:[DataFilterValueRange] includeValuesInResponse:bool
    responseDateTimeRenderOption:DateTimeRenderOption
    responseValueRenderOption:ValueRenderOption valueInputOption:
BatchUpdateValuesRequest data:[ValueRange] includeValuesInResponse:bool
    responseDateTimeRenderOption:DateTimeRenderOption
    responseValueRenderOption:ValueRenderOption valueInputOption:
BooleanCondition type:ConditionType values:[ConditionValue]
BooleanRule condition:BooleanCondition format:CellFormat
Border color: colorStyle: style:BorderStyle width:int
Borders bottom:Border left:Border right:Border top:Border
CellData chipRuns:[any] dataSourceFormula:any dataSourceTable:any
    dataValidation:DataValidationRule effectiveFormat:CellFormat effectiveValue:ExtendedValue
    formattedValue:str hyperlink:str note:str pivotTable:any textFormatRuns:[any]
    userEnteredFormat:CellFormat userEnteredValue:ExtendedValue
CellFormat backgroundColor:Color backgroundColorStyle:ColorStyle borders:
    horizontalAlignment:HorizontalAlign hyperlinkDisplayType: numberFormat: padding:
    textDirection: textFormat: textRotation: verticalAlignment:VerticalAlign wrapStrategy:
ClearBasicFilterRequest sheetId:int
ClearValuesRequest
Color alpha:num blue:num green:num red:num
ColorStyle rgbColor:Color themeColor:ThemeColorType
ConditionValue relativeDate: userEnteredValue:str
ConditionalFormatRule booleanRule: gradientRule: ranges:[GridRange]
CopyPasteRequest destination:GridRange pasteOrientation: pasteType: source:GridRange
CopySheetToAnotherSpreadsheetRequest destinationSpreadsheetId:str
CreateDeveloperMetadataRequest developerMetadata:
CutPasteRequest destination:GridCoordinate pasteType: source:GridRange
DataFilter a1Range:str developerMetadataLookup: gridRange:
DataFilterValueRange dataFilter: majorDimension:Dimension values:any
DataValidationRule condition:BooleanCondition inputMessage:str showCustomUi:bool strict:bool
DeleteBandingRequest bandedRangeId:int
DeleteConditionalFormatRuleRequest index:int sheetId:int
DeleteDeveloperMetadataRequest dataFilter:
DeleteDimensionGroupRequest range:DimensionRange
DeleteDimensionRequest range:DimensionRange
DeleteFilterViewRequest filterId:int
DeleteNamedRangeRequest namedRangeId:str
DeleteProtectedRangeRequest protectedRangeId:int
DeleteSheetRequest sheetId:int
DeveloperMetadata location:DeveloperMetadataLocation metadataId:int metadataKey:str
    metadataValue:str visibility:DeveloperMetadataVisibility
DeveloperMetadataLocation dimensionRange: locationType:DeveloperMetadataLocationType sheetId:int
    spreadsheet:bool
DeveloperMetadataLookup locationMatchingStrategy:DeveloperMetadataLocationMatchingStrategy
    locationType:DeveloperMetadataLocationType metadataId:int metadataKey:str
    metadataLocation:DeveloperMetadataLocation metadataValue:str
    visibility:DeveloperMetadataVisibility
DimensionGroup collapsed:bool depth:int range:DimensionRange
DimensionProperties dataSourceColumnReference:any developerMetadata:[DeveloperMetadata]
    hiddenByFilter:bool hiddenByUser:bool pixelSize:int
DimensionRange dimension: endIndex:int sheetId:int startIndex:int
DuplicateSheetRequest insertSheetIndex:int newSheetId:int newSheetName:str sourceSheetId:int
Editors domainUsersCanEdit:bool groups:[str] users:[str]
ErrorValue message:str type:ErrorType
ExtendedValue boolValue:bool errorValue: formulaValue:str numberValue:num stringValue:str
FilterCriteria condition:BooleanCondition hiddenValues:[str] visibleBackgroundColor:Color
    visibleBackgroundColorStyle:ColorStyle visibleForegroundColor:Color
    visibleForegroundColorStyle:ColorStyle
FilterSpec columnIndex:int dataSourceColumnReference:any filterCriteria:
FilterView criteria:any filterSpecs:[FilterSpec] filterViewId:int namedRangeId:str
    range:GridRange sortSpecs:[SortSpec] tableId:str title:str
FindReplaceRequest allSheets:bool find:str includeFormulas:bool matchCase:bool
    matchEntireCell:bool range:GridRange replacement:str searchByRegex:bool sheetId:int
GetSpreadsheetByDataFilterRequest commentsViewMode: dataFilters:[DataFilter]
    excludeTablesInBandedRanges:bool includeGridData:bool
GradientRule maxpoint:InterpolationPoint midpoint:InterpolationPoint minpoint:InterpolationPoint
GridCoordinate columnIndex:int rowIndex:int sheetId:int
GridData columnMetadata:[DimensionProperties] rowData:[RowData]
    rowMetadata:[DimensionProperties] startColumn:int startRow:int
GridProperties columnCount:int columnGroupControlAfter:bool frozenColumnCount:int
    frozenRowCount:int hideGridlines:bool rowCount:int rowGroupControlAfter:bool
GridRange endColumnIndex:int endRowIndex:int sheetId:int startColumnIndex:int startRowIndex:int
InsertDimensionRequest inheritFromBefore:bool range:DimensionRange
InterpolationPoint color: colorStyle: type:InterpolationPointType value:str
Link uri:str
MergeCellsRequest mergeType: range:GridRange
MoveDimensionRequest destinationIndex:int source:DimensionRange
NamedRange name:str namedRangeId:str range:GridRange
NumberFormat pattern:str type:NumberFormatType
Padding bottom:int left:int right:int top:int
ProtectedRange description:str editors: namedRangeId:str protectedRangeId:int range:GridRange
    requestingUserCanEdit:bool tableId:str unprotectedRanges:[GridRange] warningOnly:bool
RepeatCellRequest cell:CellData fields:str range:GridRange
Request addBanding:AddBandingRequest addChart:any addCommentReply:any
    addConditionalFormatRule:AddConditionalFormatRuleRequest addDataSource:any
    addDimensionGroup:AddDimensionGroupRequest addFilterView:AddFilterViewRequest
    addNamedRange:AddNamedRangeRequest addProtectedRange:AddProtectedRangeRequest
    addSheet:AddSheetRequest addSlicer:any addTable:any appendCells:AppendCellsRequest
    appendDimension:AppendDimensionRequest autoFill:any
    autoResizeDimensions:AutoResizeDimensionsRequest cancelDataSourceRefresh:any
    clearBasicFilter:ClearBasicFilterRequest copyPaste:CopyPasteRequest
    createDeveloperMetadata:CreateDeveloperMetadataRequest cutPaste:CutPasteRequest
    deleteBanding:DeleteBandingRequest deleteComment:any deleteCommentReply:any
    deleteConditionalFormatRule:DeleteConditionalFormatRuleRequest deleteDataSource:any
    deleteDeveloperMetadata:DeleteDeveloperMetadataRequest
    deleteDimension:DeleteDimensionRequest deleteDimensionGroup:DeleteDimensionGroupRequest
    deleteDuplicates:any deleteEmbeddedObject:any deleteFilterView:DeleteFilterViewRequest
    deleteNamedRange:DeleteNamedRangeRequest deleteProtectedRange:DeleteProtectedRangeRequest
    deleteRange:any deleteSheet:DeleteSheetRequest deleteTable:any duplicateFilterView:any
    duplicateSheet:DuplicateSheetRequest findReplace:FindReplaceRequest insertComment:any
    insertDimension:InsertDimensionRequest insertRange:any mergeCells:MergeCellsRequest
    moveDimension:MoveDimensionRequest pasteData:any randomizeRange:any refreshDataSource:any
    repeatCell:RepeatCellRequest setBasicFilter:SetBasicFilterRequest
    setDataValidation:SetDataValidationRequest sortRange:SortRangeRequest textToColumns:any
    trimWhitespace:any unmergeCells:UnmergeCellsRequest updateBanding:UpdateBandingRequest
    updateBorders:any updateCells:UpdateCellsRequest updateChartSpec:any updateCommentPost:any
    updateConditionalFormatRule:UpdateConditionalFormatRuleRequest updateDataSource:any
    updateDeveloperMetadata:UpdateDeveloperMetadataRequest updateDimensionGroup:any
    updateDimensionProperties:UpdateDimensionPropertiesRequest updateEmbeddedObjectBorder:any
    updateEmbeddedObjectPosition:any updateFilterView:UpdateFilterViewRequest
    updateNamedRange:UpdateNamedRangeRequest updateProtectedRange:UpdateProtectedRangeRequest
    updateSheetProperties:UpdateSheetPropertiesRequest updateSlicerSpec:any
    updateSpreadsheetProperties:UpdateSpreadsheetPropertiesRequest updateTable:any
RowData values:[CellData]
SearchDeveloperMetadataRequest dataFilters:[DataFilter]
SetBasicFilterRequest filter:BasicFilter
SetDataValidationRequest filteredRowsIncluded:bool range:GridRange rule:DataValidationRule
Sheet bandedRanges:[BandedRange] basicFilter: charts:[any] columnGroups:[DimensionGroup]
    commentAnchors:[any] conditionalFormats:[ConditionalFormatRule] data:[GridData]
    developerMetadata:[DeveloperMetadata] filterViews:[FilterView] merges:[GridRange]
    properties:SheetProperties protectedRanges:[ProtectedRange] rowGroups:[DimensionGroup]
    slicers:[any] tables:[any]
SheetProperties dataSourceSheetProperties:any gridProperties: hidden:bool index:int
    rightToLeft:bool sheetId:int sheetType: tabColor:Color tabColorStyle:ColorStyle title:str
SortRangeRequest range:GridRange sortSpecs:[SortSpec]
SortSpec backgroundColor:Color backgroundColorStyle:ColorStyle dataSourceColumnReference:any
    dimensionIndex:int foregroundColor:Color foregroundColorStyle:ColorStyle sortOrder:
Spreadsheet comments:[any] commentsViewMode: dataSourceSchedules:[any] dataSources:[any]
    developerMetadata:[DeveloperMetadata] namedRanges:[NamedRange]
    properties:SpreadsheetProperties sheets:[Sheet] spreadsheetId:str spreadsheetUrl:str
SpreadsheetProperties autoRecalc:RecalculationInterval defaultFormat:CellFormat
    importFunctionsExternalUrlAccessAllowed:bool iterativeCalculationSettings:any locale:str
    spreadsheetTheme:any timeZone:str title:str
TextFormat bold:bool fontFamily:str fontSize:int foregroundColor:Color
    foregroundColorStyle:ColorStyle italic:bool link: strikethrough:bool underline:bool
TextRotation angle:int vertical:bool
UnmergeCellsRequest range:GridRange
UpdateBandingRequest bandedRange: fields:str
UpdateCellsRequest fields:str range:GridRange rows:[RowData] start:GridCoordinate
UpdateConditionalFormatRuleRequest index:int newIndex:int rule:ConditionalFormatRule sheetId:int
UpdateDeveloperMetadataRequest dataFilters:[DataFilter] developerMetadata: fields:str
UpdateDimensionPropertiesRequest dataSourceSheetRange:any fields:str
    properties:DimensionProperties range:DimensionRange
UpdateFilterViewRequest fields:str filter:FilterView
UpdateNamedRangeRequest fields:str namedRange:
UpdateProtectedRangeRequest fields:str protectedRange:
UpdateSheetPropertiesRequest fields:str properties:SheetProperties
UpdateSpreadsheetPropertiesRequest fields:str properties:SpreadsheetProperties
ValueRange majorDimension:Dimension range:str values:any
spreadsheets.get commentsViewMode: excludeTablesInBandedRanges:bool includeGridData:bool
    ranges:[str]
spreadsheets.values.append includeValuesInResponse:bool insertDataOption:
    responseDateTimeRenderOption:DateTimeRenderOption
    responseValueRenderOption:ValueRenderOption valueInputOption:
spreadsheets.values.batchGet dateTimeRenderOption: majorDimension:Dimension ranges:[str]
    valueRenderOption:
spreadsheets.values.get dateTimeRenderOption: majorDimension:Dimension valueRenderOption:
spreadsheets.values.update includeValuesInResponse:bool
    responseDateTimeRenderOption:DateTimeRenderOption
    responseValueRenderOption:ValueRenderOption valueInputOption:
"""

_ENUMS: Final = """
BorderStyle STYLE_UNSPECIFIED DOTTED DASHED SOLID SOLID_MEDIUM SOLID_THICK NONE DOUBLE
CommentsViewMode COMMENTS_VIEW_MODE_UNSPECIFIED COMMENTS_VIEW_MODE_DEFAULT_FOR_CURRENT_ACCESS
    COMMENTS_VIEW_MODE_OMITTED COMMENTS_VIEW_MODE_INCLUDED
ConditionType CONDITION_TYPE_UNSPECIFIED NUMBER_GREATER NUMBER_GREATER_THAN_EQ NUMBER_LESS
    NUMBER_LESS_THAN_EQ NUMBER_EQ NUMBER_NOT_EQ NUMBER_BETWEEN NUMBER_NOT_BETWEEN TEXT_CONTAINS
    TEXT_NOT_CONTAINS TEXT_STARTS_WITH TEXT_ENDS_WITH TEXT_EQ TEXT_IS_EMAIL TEXT_IS_URL DATE_EQ
    DATE_BEFORE DATE_AFTER DATE_ON_OR_BEFORE DATE_ON_OR_AFTER DATE_BETWEEN DATE_NOT_BETWEEN
    DATE_IS_VALID ONE_OF_RANGE ONE_OF_LIST BLANK NOT_BLANK CUSTOM_FORMULA BOOLEAN TEXT_NOT_EQ
    DATE_NOT_EQ FILTER_EXPRESSION
DateTimeRenderOption SERIAL_NUMBER FORMATTED_STRING
DeveloperMetadataLocationMatchingStrategy
    DEVELOPER_METADATA_LOCATION_MATCHING_STRATEGY_UNSPECIFIED EXACT_LOCATION
    INTERSECTING_LOCATION
DeveloperMetadataLocationType DEVELOPER_METADATA_LOCATION_TYPE_UNSPECIFIED ROW COLUMN SHEET
    SPREADSHEET
DeveloperMetadataVisibility DEVELOPER_METADATA_VISIBILITY_UNSPECIFIED DOCUMENT PROJECT
Dimension DIMENSION_UNSPECIFIED ROWS COLUMNS
ErrorType ERROR_TYPE_UNSPECIFIED ERROR NULL_VALUE DIVIDE_BY_ZERO VALUE REF NAME NUM N_A LOADING
HorizontalAlign HORIZONTAL_ALIGN_UNSPECIFIED LEFT CENTER RIGHT
HyperlinkDisplayType HYPERLINK_DISPLAY_TYPE_UNSPECIFIED LINKED PLAIN_TEXT
InterpolationPointType INTERPOLATION_POINT_TYPE_UNSPECIFIED MIN MAX NUMBER PERCENT PERCENTILE
InsertDataOption OVERWRITE INSERT_ROWS
MergeType MERGE_ALL MERGE_COLUMNS MERGE_ROWS
NumberFormatType NUMBER_FORMAT_TYPE_UNSPECIFIED TEXT NUMBER PERCENT CURRENCY DATE TIME DATE_TIME
    SCIENTIFIC
PasteOrientation NORMAL TRANSPOSE
PasteType PASTE_NORMAL PASTE_VALUES PASTE_FORMAT PASTE_NO_BORDERS PASTE_FORMULA
    PASTE_DATA_VALIDATION PASTE_CONDITIONAL_FORMATTING
RecalculationInterval RECALCULATION_INTERVAL_UNSPECIFIED ON_CHANGE MINUTE HOUR
RelativeDate RELATIVE_DATE_UNSPECIFIED PAST_YEAR PAST_MONTH PAST_WEEK YESTERDAY TODAY TOMORROW
SheetType SHEET_TYPE_UNSPECIFIED GRID OBJECT DATA_SOURCE
SortOrder SORT_ORDER_UNSPECIFIED ASCENDING DESCENDING
TextDirection TEXT_DIRECTION_UNSPECIFIED LEFT_TO_RIGHT RIGHT_TO_LEFT
ThemeColorType THEME_COLOR_TYPE_UNSPECIFIED TEXT BACKGROUND ACCENT1 ACCENT2 ACCENT3 ACCENT4
    ACCENT5 ACCENT6 LINK
ValueInputOption INPUT_VALUE_OPTION_UNSPECIFIED RAW USER_ENTERED
ValueRenderOption FORMATTED_VALUE UNFORMATTED_VALUE FORMULA
VerticalAlign VERTICAL_ALIGN_UNSPECIFIED TOP MIDDLE BOTTOM
WrapStrategy WRAP_STRATEGY_UNSPECIFIED OVERFLOW_CELL LEGACY_WRAP CLIP WRAP
"""

PLAIN: Final = frozenset({"any", "str", "int", "num", "bool"})


def _entries(text: str) -> Iterator[tuple[str, list[str]]]:
    """Give the first word of each entry with the others; indented lines go on."""
    for entry in text.replace("\n    ", " ").strip().splitlines():
        name, *words = entry.split()
        yield name, words


def _fields(words: list[str]) -> Iterator[tuple[str, str]]:
    for word in words:
        name, _, kind = word.partition(":")
        yield name, kind or name[0].upper() + name[1:]


ENUMS: Final[Mapping[str, frozenset[str]]] = {
    name: frozenset(words) for name, words in _entries(_ENUMS)
}
MESSAGES: Final[Mapping[str, Mapping[str, str]]] = {
    name: dict(_fields(words)) for name, words in _entries(_MESSAGES)
}
"""Field -> type: one of PLAIN, an enum, a message, or one of these in square brackets."""
