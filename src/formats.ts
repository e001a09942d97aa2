/** `guerdon/formats`: reading and writing data files in every layout; apart from the index so that it loads quickly. */
export { parseColumnMap } from './records/formats/map-columns.ts'
export { type OpenWriterOptions, openWriter, type RowWriter } from './records/formats/open-writer.ts'
export {
  type ReadRecordsOptions,
  type ReadSummary,
  readRecords,
  readRecordsOf,
} from './records/formats/read-records.ts'
