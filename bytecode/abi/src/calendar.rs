//! Instants and days as text: RFC 3339 and ISO 8601 in the proleptic Gregorian calendar.
//!
//! Years of more than four digits are written with as many as they need, and years before 0
//! with a `-`, so that every value of the type has a text.

const DAY: i64 = 86_400;
/// Days of 400 years, after which the calendar repeats.
const ERA: i64 = 146_097;
/// Days from 0000-03-01 to 1970-01-01.
const EPOCH: i64 = 719_468;

/// A day, counted from 1970-01-01, as `2024-02-29`.
pub(crate) fn date_to_text(days: i64) -> String {
    let (year, month, day) = civil(days);
    let sign = if year < 0 { "-" } else { "" };
    format!("{sign}{:04}-{month:02}-{day:02}", year.unsigned_abs())
}

/// The day of a text; `None` if it is not one.
pub(crate) fn date_from_text(text: &str) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let mut parts = digits.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some()
        || !(4..=12).contains(&year.len())
        || (year.len() > 4 && year.starts_with('0'))
    {
        return None;
    }
    let [year, month, day] = [number(year)?, two(month)?, two(day)?];
    let year = if negative { -year } else { year };
    let days = (1..=12).contains(&month).then(|| days(year, month, day))?;
    (civil(days) == (year, month, day)).then_some(days)
}

/// Seconds since 1970 as `2024-02-29T12:00:00Z`.
pub(crate) fn time_to_text(seconds: u64) -> String {
    let (days, rest) = (seconds / DAY as u64, seconds % DAY as u64);
    let date = date_to_text(days as i64);
    format!("{date}T{:02}:{:02}:{:02}Z", rest / 3600, rest / 60 % 60, rest % 60)
}

/// The seconds of an RFC 3339 text in UTC or with an offset; `None` if it is not one, lies
/// before 1970, or has a fraction of a second, which would be lost.
pub(crate) fn time_from_text(text: &str) -> Option<u64> {
    let (date, clock) = text.split_once('T')?;
    let (clock, offset) = match clock.strip_suffix('Z') {
        Some(clock) => (clock, 0),
        None => {
            let (clock, offset) = clock.split_at_checked(clock.len().checked_sub(6)?)?;
            let sign = if offset.starts_with('+') { 1 } else { -1 };
            let (hours, minutes) = offset.strip_prefix(['+', '-'])?.split_once(':')?;
            (clock, sign * (below(hours, 24)? * 3600 + below(minutes, 60)? * 60))
        }
    };
    let mut parts = clock.split(':');
    let (hours, minutes, seconds) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let clock = below(hours, 24)? * 3600 + below(minutes, 60)? * 60 + below(seconds, 60)?;
    let seconds = i128::from(date_from_text(date)?) * i128::from(DAY) + i128::from(clock - offset);
    u64::try_from(seconds).ok()
}

fn number(digits: &str) -> Option<i64> {
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}

fn two(digits: &str) -> Option<i64> {
    if digits.len() == 2 { number(digits) } else { None }
}

fn below(digits: &str, limit: i64) -> Option<i64> {
    two(digits).filter(|number| *number < limit)
}

/// Years begin in March here, so that the leap day is the last day of a year and the days
/// before each month are `(153 m + 2) / 5`.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let month = (month + 9) % 12;
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day = (153 * month + 2) / 5 + day - 1;
    era * ERA + of_era * 365 + of_era / 4 - of_era / 100 + day - EPOCH
}

/// Year, month and day of a day; the inverse of [`days`].
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + EPOCH;
    let (era, day) = (days.div_euclid(ERA), days.rem_euclid(ERA));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_days() {
        let known = [(0, "1970-01-01"), (-1, "1969-12-31"), (11_016, "2000-02-29")];
        for (days, text) in known {
            assert_eq!(date_to_text(days), text);
            assert_eq!(date_from_text(text), Some(days));
        }
        for text in
            ["2023-02-29", "2024-13-01", "2024-1-01", "24-01-01", "02024-01-01", "2024-00-10"]
        {
            assert_eq!(date_from_text(text), None, "{text}");
        }
    }

    #[test]
    fn every_day_of_many_years_goes_both_ways() {
        let far = [i64::from(i32::MIN), i64::from(i32::MAX)];
        for days in (-800_000..800_000).step_by(97).chain(far) {
            assert_eq!(date_from_text(&date_to_text(days)), Some(days));
        }
    }

    #[test]
    fn known_instants() {
        assert_eq!(time_to_text(951_825_600), "2000-02-29T12:00:00Z");
        assert_eq!(time_from_text("2000-02-29T12:00:00Z"), Some(951_825_600));
        assert_eq!(time_from_text("2000-02-29T20:00:00+08:00"), Some(951_825_600));
        assert_eq!(time_from_text(&time_to_text(u64::MAX)), Some(u64::MAX));
        for text in [
            "2000-02-29",
            "2000-02-29T24:00:00Z",
            "2000-02-29T12:00:00.5Z",
            "1969-12-31T23:59:59Z",
            "2000-02-29T1é",
        ] {
            assert_eq!(time_from_text(text), None, "{text}");
        }
    }
}
