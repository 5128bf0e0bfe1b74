// CSV as RFC 4180 has it: fields between quotation marks may hold separators, line ends and doubled quotation marks.

const QUOTE: i32 = 0x22;
const CR: i32 = 0x0d;
const LF: i32 = 0x0a;
const END: i32 = -1;

export class Row {
  fields: string[] = [];

  /** Why the row cannot be taken; empty where it can. */
  mistake: string = "";

  /** `line` is where it begins, from 1. */
  constructor(readonly line: i32) {}
}

export class CsvReader {
  private at: i32 = 0;
  private line: i32 = 1;

  constructor(private text: string, readonly separator: i32) {}

  /** The next row that is not blank; null at the end. */
  next(): Row | null {
    while (this.peek() == LF || this.peek() == CR) this.step();
    if (this.peek() == END) return null;
    const row = new Row(this.line);
    do {
      row.fields.push(this.peek() == QUOTE ? this.quoted(row) : this.plain(row));
    } while (row.mistake.length == 0 && this.skip(this.separator));

    this.skip(CR);
    if (row.mistake.length == 0 && this.peek() != LF && this.peek() != END) row.mistake = "a carriage return stands alone";
    while (this.peek() != LF && this.peek() != END) this.step();
    return row;
  }

  private plain(row: Row): string {
    const from = this.at;
    while (!this.isAtEdge()) {
      if (this.peek() == QUOTE) row.mistake = "a quotation mark stands inside a field";
      this.step();
    }

    return this.text.substring(from, this.at);
  }

  private quoted(row: Row): string {
    let field = "";
    this.step();
    let from = this.at;
    while (true) {
      if (this.peek() == END) {
        row.mistake = "a quotation mark is not closed";
        return field;
      }

      if (this.peek() != QUOTE) {
        this.step();
        continue;
      }

      field += this.text.substring(from, this.at);
      this.step();
      from = this.at;
      if (!this.skip(QUOTE)) break;
    }

    if (!this.isAtEdge()) row.mistake = "something follows a closing quotation mark";
    return field;
  }

  // Where a field ends.
  private isAtEdge(): bool {
    const c = this.peek();
    return c == this.separator || c == LF || c == CR || c == END;
  }

  private skip(c: i32): bool {
    if (this.peek() != c) return false;
    this.step();
    return true;
  }

  private peek(): i32 {
    return this.at < this.text.length ? this.text.charCodeAt(this.at) : END;
  }

  private step(): void {
    if (this.peek() == LF) this.line++;
    this.at++;
  }
}
