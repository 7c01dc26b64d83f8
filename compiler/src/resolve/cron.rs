//! Calendar schedules: `cron "0 10 * * *" in "+08:00"`.
//!
//! In: a pattern and a zone as written. Out: a [`Cron`], or what is wrong with them.
//! Holds always: the five fields are in range, and some day of the year fits them.
//!
//! The fields are those of POSIX `crontab`: minute, hour, day of the month, month, day of the week
//! (0 is Sunday), each `*`, a number, `a-b`, either with `/step`, or a list of these. A zone is a
//! fixed offset: one with daylight saving would change with rules that nobody knows beforehand.

use crate::thir::Cron;

/// The fields, their names and ranges.
const FIELDS: [(&str, u32, u32); 5] = [
    ("minute", 0, 59),
    ("hour", 0, 23),
    ("day of the month", 1, 31),
    ("month", 1, 12),
    ("day of the week", 0, 6),
];

/// The longest each month gets.
const DAYS: [u32; 12] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/// Names of zones without daylight saving, and their offsets in minutes.
const ZONES: [(&str, i16); 11] = [
    ("UTC", 0),
    ("Asia/Shanghai", 480),
    ("Asia/Hong_Kong", 480),
    ("Asia/Macau", 480),
    ("Asia/Taipei", 480),
    ("Asia/Singapore", 480),
    ("Asia/Tokyo", 540),
    ("Asia/Seoul", 540),
    ("Asia/Kolkata", 330),
    ("Asia/Dubai", 240),
    ("Asia/Bangkok", 420),
];

/// What is wrong.
#[derive(PartialEq, Eq, Debug)]
pub(super) enum Bad {
    Pattern(String),
    Zone,
}

/// Checks a pattern and its zone.
pub(super) fn read(pattern: &str, zone: &str) -> Result<Cron, Bad> {
    let pattern = checked(pattern).map_err(Bad::Pattern)?;
    let offset = offset(zone).ok_or(Bad::Zone)?;
    Ok(Cron { pattern, offset })
}

/// The pattern with single spaces.
fn checked(pattern: &str) -> Result<String, String> {
    let fields: Vec<&str> = pattern.split_whitespace().collect();
    if fields.len() != FIELDS.len() {
        let count = fields.len();
        return Err(format!("a cron pattern has 5 fields, and this has {count}"));
    }
    let mut sets = Vec::with_capacity(FIELDS.len());
    for (field, (name, low, high)) in fields.iter().zip(FIELDS) {
        sets.push(numbers(field, name, low, high)?);
    }
    let some_day = |month: &u32| {
        let longest = DAYS.get(*month as usize - 1).copied().unwrap_or_default();
        sets[2].iter().any(|day| *day <= longest)
    };
    // Where a day of the week is asked for too, either of the two days fits.
    if fields[4] == "*" && !sets[3].iter().any(some_day) {
        return Err("no month asked for has such a day".to_owned());
    }
    Ok(fields.join(" "))
}

/// The numbers that a field asks for.
fn numbers(field: &str, name: &str, low: u32, high: u32) -> Result<Vec<u32>, String> {
    let bad = |part: &str| format!("`{part}` is no {name}, which counts from {low} to {high}");
    let mut found = Vec::new();
    for part in field.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, number(step).filter(|n| *n > 0).ok_or(bad(part))?),
            None => (part, 1),
        };
        let (start, end) = match (range, range.split_once('-')) {
            ("*", _) => (low, high),
            (_, Some((start, end))) => {
                (number(start).ok_or(bad(part))?, number(end).ok_or(bad(part))?)
            }
            (_, None) => {
                let start = number(range).ok_or(bad(part))?;
                (start, if range.len() == part.len() { start } else { high })
            }
        };
        if start < low || end > high || start > end {
            return Err(bad(part));
        }
        found.extend((start..=end).step_by(step as usize));
    }
    Ok(found)
}

fn number(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.len() <= 4 && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// Minutes from UTC: of a name, or of `+08:00`.
fn offset(zone: &str) -> Option<i16> {
    if let Some((_, offset)) = ZONES.iter().find(|(name, _)| *name == zone) {
        return Some(*offset);
    }
    let (sign, rest) = match zone.strip_prefix('+') {
        Some(rest) => (1, rest),
        None => (-1, zone.strip_prefix('-')?),
    };
    let (hours, minutes) = rest.split_once(':')?;
    if hours.len() != 2 || minutes.len() != 2 {
        return None;
    }
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let fits = hours <= 14 && minutes < 60 && hours * 60 + minutes <= 14 * 60;
    fits.then(|| sign * (hours * 60 + minutes) as i16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_of_the_calendar_are_read() {
        for pattern in ["0 10 * * *", "*/15 9-17 1,15 * 1-5", "0 0 29 2 *", "5/10 * * * *"] {
            assert!(read(pattern, "UTC").is_ok(), "{pattern}");
        }
        let cron = read(" 0  10 * *  * ", "+08:00").expect("it is well formed");
        assert_eq!(cron, Cron { pattern: "0 10 * * *".to_owned(), offset: 480 });
        assert_eq!(read("0 0 * * *", "-03:30").map(|cron| cron.offset), Ok(-210));
    }

    #[test]
    fn patterns_that_never_fit_are_refused() {
        for pattern in
            ["", "* * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "0 0 30 2 *", "a * * * *"]
        {
            assert!(read(pattern, "UTC").is_err(), "{pattern}");
        }
        for pattern in ["*/0 * * * *", "5-1 * * * *", "1- * * * *", ", * * * *", "99999999 * * * *"]
        {
            assert!(read(pattern, "UTC").is_err(), "{pattern}");
        }
        for zone in ["Mars", "+8:00", "+15:00", "+14:01", "08:00", ""] {
            assert!(read("0 0 * * *", zone).is_err(), "{zone}");
        }
    }
}
