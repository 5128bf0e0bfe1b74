// The record that comes out: entries by day and account, totals, and what was left out.
import { Writer } from "../../loom/json";
import { Entry } from "./columns";
import { Row } from "./csv";

class Total {
  count: i64 = 0;
  credits: i64 = 0;
  debits: i64 = 0;

  constructor(readonly account: string) {}

  add(cents: i64): void {
    this.count++;
    if (cents < 0) this.debits -= cents;
    else this.credits += cents;
  }

  writeMembers(json: Writer): void {
    json.name("count").integer(this.count).name("credits").cents(this.credits).name("debits").cents(this.debits);
    json.name("net").cents(this.credits - this.debits);
  }
}

export class Record {
  private accounts: Total[] = []; // by account
  private entries: Entry[] = []; // by date, then account, then as in the file
  private refused: Row[] = [];
  private total: Total = new Total("");

  add(entry: Entry): void {
    // From the end, where it belongs already in a file that is in order.
    let at = this.entries.length;
    this.entries.push(entry);
    for (; at > 0 && isAfter(this.entries[at - 1], entry); at--) this.entries[at] = this.entries[at - 1];
    this.entries[at] = entry;
    this.total.add(entry.cents);
    this.accountOf(entry.account).add(entry.cents);
  }

  refuse(row: Row): void {
    this.refused.push(row);
  }

  write(): Writer {
    const json = new Writer().object().name("accounts").list();
    for (let i = 0; i < this.accounts.length; i++) {
      json.object().name("account").text(this.accounts[i].account);
      this.accounts[i].writeMembers(json);
      json.endObject();
    }

    json.endList().name("entries").list();
    for (let i = 0; i < this.entries.length; i++) {
      const entry = this.entries[i];
      json.object().name("account").text(entry.account).name("amount").cents(entry.cents);
      json.name("date").text(entry.date).name("text").text(entry.text).endObject();
    }

    json.endList().name("refused").list();
    for (let i = 0; i < this.refused.length; i++) {
      json.object().name("line").integer(this.refused[i].line).name("why").text(this.refused[i].mistake).endObject();
    }

    json.endList().name("totals");
    this.writeTotals(json);
    return json.endObject();
  }

  /** What the event says: everything but the entries themselves. */
  writeTotals(json: Writer): void {
    json.object().name("accounts").integer(this.accounts.length);
    this.total.writeMembers(json);
    json.name("refused").integer(this.refused.length).endObject();
  }

  private accountOf(account: string): Total {
    const accounts = this.accounts;
    let at = 0;
    while (at < accounts.length && accounts[at].account < account) at++;
    if (at < accounts.length && accounts[at].account == account) return accounts[at];
    const total = new Total(account);
    accounts.push(total);
    for (let i = accounts.length - 1; i > at; i--) accounts[i] = accounts[i - 1];
    accounts[at] = total;
    return total;
  }
}

function isAfter(one: Entry, other: Entry): bool {
  return one.date != other.date ? one.date > other.date : one.account > other.account;
}
