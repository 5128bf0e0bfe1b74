// A transform: a bank's CSV export becomes one canonical record, with its entries in order, totals by account, and every line that could not
// be read. It looks at nothing but its command, so the same file gives the same record, and a receipt proves that it was this file's.
import { Fields } from "../loom/fields";
import { Call } from "../loom/machine";
import { Columns, entryOf } from "./statement/columns";
import { CsvReader } from "./statement/csv";
import { Record } from "./statement/record";

/** Twelve digits of cents a line and fewer than a thousand lines: every total has at most 15 digits. */
const MAX_LINES: i32 = 999;

export function loom_main(): void {
  const call = new Call();
  const command = call.context().textOf("commandType");
  if (command == "transform") transform(call);
  else call.unknownCommand("statement@1", command, "transform");
}

function transform(call: Call): void {
  const fields = new Fields(call, ["csv"]);
  const csv = fields.text("csv");
  if (fields.refused) return;
  const reader = new CsvReader(csv, separatorOf(csv));
  const header = reader.next();
  if (header === null) return call.reject("empty", "The file has no header.");
  if (header.mistake.length > 0) return call.reject("header-unclear", "The header cannot be read: " + header.mistake + ".");
  const columns = new Columns(header, reader.separator);
  if (columns.missing.length > 0) return call.reject("column-missing", "The header names no column '" + columns.missing + "'; it needs account, amount, date, text.");

  const record = new Record();
  let lines = 0;
  for (let row = reader.next(); row !== null; row = reader.next()) {
    if (++lines > MAX_LINES) return call.reject("too-long", "A file has at most 999 lines below its header.");
    const entry = entryOf(row, columns);
    if (row.mistake.length == 0) record.add(entry);
    else record.refuse(row);
  }

  record.writeTotals(call.event());
  call.endEvent("transformed.v1");
  call.accept(record.write());
}

// What separates the fields of the first line.
function separatorOf(csv: string): i32 {
  const end = csv.indexOf("\n");
  const first = end < 0 ? csv : csv.substring(0, end);
  return first.includes(";") ? 0x3b : 0x2c;
}
