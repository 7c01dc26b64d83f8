//! Types as data, with canonical and JSON forms of their values.
