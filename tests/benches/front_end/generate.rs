//! A package that looks like what people write.
//!
//! In: how many lines. Out: named sources of about that many lines together.
//! Holds always: the package has no errors; modules use each other; names differ.

/// Sources of about `lines` lines.
pub(crate) fn package(lines: usize) -> Vec<(String, String)> {
    let length = module(0).lines().count();
    (0..lines.div_ceil(length)).map(|at| (format!("src/m{at}.deed"), module(at))).collect()
}

/// One module: a contract, and what it is made of.
fn module(at: usize) -> String {
    let import = match at.checked_sub(1) {
        Some(before) => format!("use gen.m{before}.{{fee_{before}, BASE_{before}}}\n"),
        None => String::new(),
    };
    let base = match at.checked_sub(1) {
        Some(before) => format!("BASE_{before} + fee_{before}(amount)"),
        None => "amount".to_owned(),
    };
    let mut text = format!("//! Module {at} of a generated package.\nmodule gen.m{at}\n\n{import}");
    text += &items(at);
    text += &format!(
        "\n/// The fee of `amount`.\npub fn fee_{at}(amount: u64) -> u64 {{\n    return {base}\n}}\n"
    );
    text += &format!("\ncontract Registry{at} {{\n{STATE}");
    for entry in 0..8 {
        text += &ENTRY.replace("NUMBER", &entry.to_string());
    }
    text + VIEWS
}

fn items(at: usize) -> String {
    ITEMS.replace("NUMBER", &at.to_string())
}

const ITEMS: &str = "
pub const BASE_NUMBER: u64 = 1_000

/// The way of an order.
enum Status {
    Open
    Paid(amount: u64)
    Refused(by: Address, reason: u32)
}

struct Order {
    id: u64
    owner: Address
    amount: u64
    paid: bool
}

error NotOwner(caller: Address)
error Insufficient(need: u64, have: u64)
error Closed()

event Moved(index from: Address, index to: Address, amount: u64)
event Settled(index id: u64, total: u64)

fn weight(status: Status) -> u64 {
    return match status {
        Status.Open => 0
        Status.Paid(amount) if amount > 10 => amount
        Status.Paid(_) => 1
        Status.Refused(..) => 2
    }
}

fn total(order: Order) -> u64 {
    let (id, amount) = (order.id, order.amount)
    var sum = amount
    for i in 0..id {
        if i % 3 == 0 { continue }
        sum += i * 2 + (amount >> 3)
    }
    return sum
}
";

const STATE: &str = "    state {
        owner: Address
        supply: u64 = 0
        balances: Map<Address, u64 default 0>
        /// What an owner lets a spender take.
        allowances: Map<Address, Map<Address, u64 default 0>>
    }

    /// Nothing comes from nowhere.
    invariant self.supply == sum(amount for amount in self.balances)

    init(owner: Address) {
        self.owner = owner
    }
";

const ENTRY: &str = "
    /// Moves `amount` from the sender to `to`.
    entry fn move_NUMBER(to: Address, amount: u64) -> u64 throws Insufficient, Closed
        requires amount > 0 else Closed()
        ensures self.supply == old(self.supply)
    {
        let have = self.balances[tx.sender]
        if have < amount { throw Insufficient(need: amount, have: have) }
        if to != tx.sender {
            self.balances[tx.sender] = have - amount
            self.balances[to] += amount
        }
        var left = amount
        var turns = 0u64
        while left > 0 && turns < 10 {
            invariant left <= amount
            left = left / 2
            turns += 1
        }
        emit Moved(tx.sender, to, amount)
        return if turns > 5 { left + turns } else { self.rate(amount) }
    }
";

const VIEWS: &str = "
    view fn balance_of(holder: Address) -> u64 {
        return self.balances[holder]
    }

    entry fn approve(spender: Address, amount: u64) throws NotOwner {
        if tx.sender != self.owner { throw NotOwner(tx.sender) }
        self.allowances[tx.sender][spender] = amount
        emit Settled(amount, weight(Status.Paid(amount)))
    }

    fn rate(amount: u64) -> u64 {
        let order = Order { id: 3, owner: self.owner, amount, paid: false }
        return total(order) * 100 / (amount + 1)
    }
}
";
