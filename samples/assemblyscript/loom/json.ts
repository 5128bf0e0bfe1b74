// JSON with integers, text, true, false, null, lists and objects: what RFC 8785 writes when there are no fractions.

export enum Kind {
  Null,
  Bool,
  Integer,
  Text,
  List,
  Object,
}

const MAX_DEPTH: i32 = 64;

/** RFC 8785 keeps integers up to here. */
export const MAX_INTEGER: i64 = 9007199254740991;

export class Value {
  kind: Kind = Kind.Null;
  integer: i64 = 0; // also 1 for true
  text: string = "";
  names: string[] = [];
  items: Value[] = []; // of a list, or the members' values

  /** The member of that name, or null where there is none. */
  get(name: string): Value | null {
    const names = this.names;
    for (let i = 0; i < names.length; i++) {
      if (names[i] == name) return this.items[i];
    }

    return null;
  }

  /** The member's text; empty where there is none. */
  textOf(name: string): string {
    const value = this.get(name);
    return value !== null && value.kind == Kind.Text ? value.text : "";
  }
}

/** Reads one value; afterwards `mistake` is empty, or says what is wrong. */
export class Reader {
  mistake: string = "";
  private at: i32 = 0;
  private end: i32;

  constructor(private bytes: StaticArray<u8>, from: i32, length: i32) {
    this.at = from;
    this.end = from + length;
  }

  read(): Value {
    this.blank();
    const value = this.value(MAX_DEPTH);
    this.blank();
    if (this.at < this.end) this.wrong("something follows the value");
    return value;
  }

  private wrong(mistake: string): void {
    if (this.mistake.length == 0) this.mistake = mistake;
    this.end = this.at; // so that every loop ends
  }

  private peek(): u8 {
    return this.at < this.end ? this.bytes[this.at] : 0;
  }

  private blank(): void {
    while (this.peek() == 0x20 || this.peek() == 0x0a || this.peek() == 0x0d || this.peek() == 0x09) this.at++;
  }

  private value(depth: i32): Value {
    const value = new Value();
    const c = this.peek();
    if (c == 0x22) {
      value.kind = Kind.Text;
      value.text = this.string();
    } else if (c == 0x7b || c == 0x5b) {
      value.kind = c == 0x7b ? Kind.Object : Kind.List;
      this.collection(value, depth);
    } else if (c == 0x2d || (c >= 0x30 && c <= 0x39)) {
      value.kind = Kind.Integer;
      value.integer = this.number();
    } else if (c == 0x74) {
      value.kind = Kind.Bool;
      value.integer = 1;
      this.word("true");
    } else if (c == 0x66) {
      value.kind = Kind.Bool;
      this.word("false");
    } else if (c == 0x6e) {
      this.word("null");
    } else {
      this.wrong("a value is missing");
    }

    return value;
  }

  private word(word: string): void {
    for (let i = 0; i < word.length; i++) {
      if (this.peek() != <u8>word.charCodeAt(i)) {
        this.wrong("a value is missing");
        return;
      }

      this.at++;
    }
  }

  private number(): i64 {
    const negative = this.peek() == 0x2d;
    if (negative) this.at++;
    const first = this.at;
    let number: i64 = 0;
    while (this.peek() >= 0x30 && this.peek() <= 0x39) {
      number = number * 10 + <i64>(this.peek() - 0x30);
      if (number > MAX_INTEGER) {
        this.wrong("a number is too large");
        return 0;
      }

      this.at++;
    }

    const digits = this.at - first;
    const next = this.peek();
    if (digits == 0 || (digits > 1 && this.bytes[first] == 0x30)) this.wrong("a number is badly written");
    else if (next == 0x2e || next == 0x65 || next == 0x45) this.wrong("a number is not a whole one");
    return negative ? -number : number;
  }

  private collection(into: Value, depth: i32): void {
    const isObject = into.kind == Kind.Object;
    const close: u8 = isObject ? 0x7d : 0x5d;
    if (depth == 0) {
      this.wrong("it nests too deep");
      return;
    }

    this.at++;
    this.blank();
    if (this.peek() == close) {
      this.at++;
      return;
    }

    while (this.mistake.length == 0) {
      if (isObject) {
        into.names.push(this.string());
        this.blank();
        if (this.peek() != 0x3a) this.wrong("a colon is missing");
        else this.at++;
        this.blank();
      }

      into.items.push(this.value(depth - 1));
      this.blank();
      const c = this.peek();
      if (c == close) {
        this.at++;
        return;
      }

      if (c != 0x2c) this.wrong("a comma or a closing bracket is missing");
      else this.at++;
      this.blank();
    }
  }

  private string(): string {
    if (this.peek() != 0x22) {
      this.wrong("a text is missing");
      return "";
    }

    this.at++;
    const first = this.at;
    while (this.peek() != 0x22) {
      if (this.peek() < 0x20) {
        this.wrong("a text is not closed, or holds a bare control character");
        return "";
      }

      if (this.peek() == 0x5c) return this.escaped(first);
      this.at++;
    }

    this.at++;
    return this.decode(first, this.at - 1);
  }

  private decode(from: i32, to: i32): string {
    return String.UTF8.decodeUnsafe(changetype<usize>(this.bytes) + from, to - from);
  }

  // From the first escape on: pieces between escapes are taken over as they are.
  private escaped(first: i32): string {
    let text = "";
    let piece = first;
    while (this.peek() != 0x22) {
      if (this.peek() < 0x20) {
        this.wrong("a text is not closed, or holds a bare control character");
        return "";
      }

      if (this.peek() == 0x5c) {
        text += this.decode(piece, this.at);
        this.at++;
        text += this.escape();
        if (this.mistake.length > 0) return "";
        piece = this.at;
      } else {
        this.at++;
      }
    }

    text += this.decode(piece, this.at);
    this.at++;
    return text;
  }

  private escape(): string {
    const c = this.peek();
    this.at++;
    if (c == 0x22 || c == 0x5c || c == 0x2f) return String.fromCharCode(c);
    if (c == 0x6e) return "\n";
    if (c == 0x74) return "\t";
    if (c == 0x72) return "\r";
    if (c == 0x62) return "\b";
    if (c == 0x66) return "\f";
    if (c == 0x75) {
      const code = this.hex();
      if (code < 0xd800 || code > 0xdfff) return String.fromCharCode(code);
      if (code < 0xdc00 && this.peek() == 0x5c) {
        this.at++;
        if (this.peek() == 0x75) {
          this.at++;
          const low = this.hex();
          if (low >= 0xdc00 && low <= 0xdfff) return String.fromCharCode(code, low);
        }
      }

      this.wrong("a surrogate stands alone");
      return "";
    }

    this.wrong("an escape is unknown");
    return "";
  }

  private hex(): i32 {
    let code = 0;
    for (let i = 0; i < 4; i++) {
      const c: i32 = this.peek();
      const digit = c >= 0x30 && c <= 0x39 ? c - 0x30 : c >= 0x61 && c <= 0x66 ? c - 0x57 : c >= 0x41 && c <= 0x46 ? c - 0x37 : -1;
      if (digit < 0) {
        this.wrong("an escape is unknown");
        return 0;
      }

      code = code * 16 + digit;
      this.at++;
    }

    return code;
  }
}

/** Writes RFC 8785 JSON. Give the members of an object in the order of their names: that is what makes the bytes the only ones. */
export class Writer {
  private bytes: StaticArray<u8> = new StaticArray<u8>(512);
  private used: i32 = 0;
  private comma: bool = false;

  /** What was written; only the first `length` bytes count. */
  get buffer(): StaticArray<u8> {
    return this.bytes;
  }

  get length(): i32 {
    return this.used;
  }

  object(): Writer {
    return this.open(0x7b);
  }

  endObject(): Writer {
    return this.close(0x7d);
  }

  list(): Writer {
    return this.open(0x5b);
  }

  endList(): Writer {
    return this.close(0x5d);
  }

  name(name: string): Writer {
    this.separate();
    this.quote(name);
    this.byte(0x3a);
    this.comma = false;
    return this;
  }

  text(text: string): Writer {
    this.separate();
    this.quote(text);
    this.comma = true;
    return this;
  }

  integer(value: i64): Writer {
    this.separate();
    this.comma = true;
    this.digits(value);
    return this;
  }

  /** An amount of cents: a text of digits. */
  cents(value: i64): Writer {
    this.separate();
    this.comma = true;
    this.byte(0x22);
    this.digits(value);
    this.byte(0x22);
    return this;
  }

  bool(value: bool): Writer {
    this.separate();
    this.comma = true;
    this.ascii(value ? "true" : "false");
    return this;
  }

  null(): Writer {
    this.separate();
    this.comma = true;
    this.ascii("null");
    return this;
  }

  /** Bytes that are canonical JSON already. */
  raw(bytes: StaticArray<u8>, from: i32, length: i32): Writer {
    this.separate();
    this.comma = true;
    this.room(length);
    memory.copy(changetype<usize>(this.bytes) + this.used, changetype<usize>(bytes) + from, length);
    this.used += length;
    return this;
  }

  private open(bracket: u8): Writer {
    this.separate();
    this.byte(bracket);
    this.comma = false;
    return this;
  }

  private close(bracket: u8): Writer {
    this.byte(bracket);
    this.comma = true;
    return this;
  }

  private separate(): void {
    if (this.comma) this.byte(0x2c);
  }

  // RFC 8785 3.2.2.2: two-character escapes where they exist, \u00xx for other control characters, all else as UTF-8.
  private quote(text: string): void {
    this.byte(0x22);
    let plain = 0;
    for (let i = 0; i < text.length; i++) {
      const c = text.charCodeAt(i);
      if (c < 0x20 || c == 0x22 || c == 0x5c) {
        this.utf8(text, plain, i);
        this.escape(<u8>c);
        plain = i + 1;
      }
    }

    this.utf8(text, plain, text.length);
    this.byte(0x22);
  }

  private escape(c: u8): void {
    this.byte(0x5c);
    if (c == 0x22 || c == 0x5c) this.byte(c);
    else if (c == 8) this.byte(0x62);
    else if (c == 9) this.byte(0x74);
    else if (c == 10) this.byte(0x6e);
    else if (c == 12) this.byte(0x66);
    else if (c == 13) this.byte(0x72);
    else {
      this.ascii("u00");
      this.byte(0x30 + (c >> 4));
      this.byte((c & 15) < 10 ? 0x30 + (c & 15) : 0x57 + (c & 15));
    }
  }

  private utf8(text: string, from: i32, to: i32): void {
    this.room(3 * (to - from));
    this.used += <i32>String.UTF8.encodeUnsafe(changetype<usize>(text) + 2 * from, to - from, changetype<usize>(this.bytes) + this.used);
  }

  private ascii(text: string): void {
    for (let i = 0; i < text.length; i++) this.byte(<u8>text.charCodeAt(i));
  }

  private digits(value: i64): void {
    if (value < 0) this.byte(0x2d);
    let rest: u64 = value < 0 ? 0 - <u64>value : <u64>value;
    let scale: u64 = 1;
    while (rest / scale >= 10) scale *= 10;
    for (; scale > 0; scale /= 10) {
      this.byte(0x30 + <u8>(rest / scale));
      rest %= scale;
    }
  }

  private byte(value: u8): void {
    this.room(1);
    this.bytes[this.used++] = value;
  }

  private room(more: i32): void {
    if (this.used + more > this.bytes.length) {
      const larger = new StaticArray<u8>(2 * this.bytes.length + more);
      memory.copy(changetype<usize>(larger), changetype<usize>(this.bytes), this.used);
      this.bytes = larger;
    }
  }
}
