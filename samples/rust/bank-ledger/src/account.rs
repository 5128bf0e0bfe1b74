use loom_guest::*;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Nobody opened it yet; it exists because a transfer came and was returned.
    Unopened,
    Open,
    Closed,
}

/// Money that left here and has not been answered for.
#[derive(Clone, Copy)]
pub struct InFlight {
    pub id: &'static str,
    pub to: &'static str,
    pub amount: i64,
}

#[derive(Clone, Copy)]
pub struct Order {
    pub name: &'static str,
    pub to: &'static str,
    pub amount: i64,
    pub every_days: i64,
}

/// The state of one account.
pub struct Account {
    pub status: Status,
    pub owner: &'static str,
    pub balance: i64,
    pub overdraft: i64,
    pub in_flight: List<InFlight>,
    pub orders: List<Order>,
}

impl Account {
    pub fn unopened() -> Account {
        Account { status: Status::Unopened, owner: "", balance: 0, overdraft: 0, in_flight: List::new(), orders: List::new() }
    }

    /// What may still be taken out, overdraft included.
    pub fn available(&self) -> i64 {
        (self.balance + self.overdraft).min(MAX_CENTS)
    }

    /// Whether the amount can be booked; in-flight money may come back, so it needs its place as well.
    pub fn fits(&self, amount: i64) -> bool {
        self.in_flight.iter().fold(self.balance + amount, |sum, t| sum + t.amount) <= MAX_CENTS
    }

    pub fn order(&self, name: &str) -> Option<Order> {
        self.orders.iter().copied().find(|o| o.name == name)
    }

    /// The account that the state's bytes hold; none where they are no state of this machine.
    pub fn read(value: Value) -> Option<Account> {
        let mut account = Account::unopened();
        for &(member, value) in value.members() {
            match (member, value) {
                ("balance", value) => account.balance = cents(value)?,
                ("inFlight", Value::List(transfers)) => {
                    for t in transfers {
                        let (id, to) = (t.get("transferId").as_text()?, t.get("to").as_text()?);
                        account.in_flight.push(InFlight { id, to, amount: cents(t.get("amount"))? });
                    }
                }
                ("orders", Value::List(orders)) => {
                    for o in orders {
                        let (name, to) = (o.get("order").as_text()?, o.get("to").as_text()?);
                        let every_days = match o.get("everyDays") {
                            Value::Integer(days) => days,
                            _ => return None,
                        };
                        account.orders.push(Order { name, to, amount: cents(o.get("amount"))?, every_days });
                    }
                }
                ("overdraft", value) => account.overdraft = cents(value)?,
                ("owner", Value::Text(owner)) => account.owner = owner,
                ("status", Value::Text("Unopened")) => account.status = Status::Unopened,
                ("status", Value::Text("Open")) => account.status = Status::Open,
                ("status", Value::Text("Closed")) => account.status = Status::Closed,
                _ => return None,
            }
        }

        Some(account)
    }

    pub fn write(&self) -> Json {
        let mut json = Json::new();
        json.object();
        json.name("balance").cents(self.balance);
        json.name("inFlight").list();
        for t in self.in_flight.iter() {
            json.object();
            json.name("amount").cents(t.amount);
            json.name("to").text(t.to);
            json.name("transferId").text(t.id);
            json.end_object();
        }

        json.end_list();
        json.name("orders").list();
        for o in self.orders.iter() {
            json.object();
            json.name("amount").cents(o.amount);
            json.name("everyDays").integer(o.every_days);
            json.name("order").text(o.name);
            json.name("to").text(o.to);
            json.end_object();
        }

        json.end_list();
        json.name("overdraft").cents(self.overdraft);
        json.name("owner").text(self.owner);
        json.name("status").word(match self.status {
            Status::Unopened => "Unopened",
            Status::Open => "Open",
            Status::Closed => "Closed",
        });
        json.end_object();
        json
    }
}

fn cents(value: Value) -> Option<i64> {
    value.as_text().and_then(read_cents)
}
