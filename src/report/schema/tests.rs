use super::*;
use crate::report::dress::{Dress, Look, dress};
use crate::report::extraction::{self, ExtractionDress};
use crate::report::sample;
use serde_json::Value;

const LOOK: Look = Look {
    width: 80,
    has_colour: false,
};

/// The part of JSON Schema that our schema uses; any other keyword is an error.
fn check(root: &Value, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
    for (keyword, rule) in schema.as_object().unwrap() {
        let is_met = match keyword.as_str() {
            "$schema" | "$id" | "$defs" | "title" | "description" => true,
            "$ref" => {
                let pointer = rule.as_str().unwrap().trim_start_matches('#');
                check(root, root.pointer(pointer).unwrap(), value, at, faults);
                true
            }
            "anyOf" => rule.as_array().unwrap().iter().any(|option| {
                let mut found = Vec::new();
                check(root, option, value, at, &mut found);
                found.is_empty()
            }),
            "const" => value == rule,
            "enum" => rule.as_array().unwrap().contains(value),
            "type" => match rule {
                Value::Array(kinds) => kinds.iter().any(|kind| is_kind(value, kind)),
                kind => is_kind(value, kind),
            },
            "pattern" => value.as_str().is_none_or(|text| {
                regex::Regex::new(rule.as_str().unwrap())
                    .unwrap()
                    .is_match(text)
            }),
            "minimum" => value
                .as_i64()
                .is_none_or(|held| held >= rule.as_i64().unwrap()),
            "minItems" => value
                .as_array()
                .is_none_or(|held| held.len() as u64 >= rule.as_u64().unwrap()),
            "maxItems" => value
                .as_array()
                .is_none_or(|held| held.len() as u64 <= rule.as_u64().unwrap()),
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    check(root, rule, item, &format!("{at}/{index}"), faults);
                }
                true
            }
            "properties" => {
                for (name, property) in rule.as_object().unwrap() {
                    if let Some(held) = value.get(name) {
                        check(root, property, held, &format!("{at}/{name}"), faults);
                    }
                }
                // Stricter than the standard: what we write, the schema names.
                let mut held = value.as_object().into_iter().flatten();
                held.all(|(name, _)| rule.get(name).is_some())
            }
            "required" => value.as_object().is_none_or(|held| {
                let names = rule.as_array().unwrap();
                names
                    .iter()
                    .all(|name| held.contains_key(name.as_str().unwrap()))
            }),
            _ => false,
        };
        if !is_met {
            faults.push(format!("{at}: {keyword} {rule} is not met by {value}"));
        }
    }
}

fn is_kind(value: &Value, kind: &Value) -> bool {
    match kind.as_str().unwrap() {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    }
}

/// Where a JSON text is not what a part of the schema says.
pub(crate) fn faults(part: &str, json: &str) -> Vec<String> {
    let root: Value = serde_json::from_str(REPORT_SCHEMA).unwrap();
    let mut faults = Vec::new();
    let value = serde_json::from_str(json).unwrap();
    check(&root, root.pointer(part).unwrap(), &value, "", &mut faults);
    faults
}

#[test]
fn what_is_written_is_what_the_schema_says() {
    for report in [
        sample::report(),
        sample::report_since(),
        sample::report_of_an_outage(),
        sample::hostile("\u{1b}]0;\"\\"),
    ] {
        let json = dress(&report, Dress::Json, LOOK);
        assert_eq!(faults("", &json), [""; 0]);
        for line in dress(&report, Dress::Jsonl, LOOK).lines() {
            assert_eq!(faults("/$defs/line", line), [""; 0]);
        }
    }
}

#[test]
fn an_extraction_is_what_the_schema_says() {
    let documents = sample::extraction();
    let json = extraction::dress(&documents, ExtractionDress::Json, LOOK);
    assert_eq!(faults("/$defs/extraction", &json), [""; 0]);
    for line in extraction::dress(&documents, ExtractionDress::Jsonl, LOOK).lines() {
        assert_eq!(faults("/$defs/citation", line), [""; 0]);
    }
}

#[test]
fn the_schema_refuses_what_is_not_ours() {
    let json = dress(&sample::report(), Dress::Json, LOOK);
    for (ours, other) in [
        ("\"state\": \"parked\"", "\"state\": \"gone\""),
        ("\"confirm_checks\": 3", "\"confirm_checks\": \"3\""),
        ("\"grade\": ", "\"mark\": "),
        ("2026-11-24T06:10:00Z", "yesterday"),
    ] {
        assert!(json.contains(ours), "{ours}");
        assert_ne!(faults("", &json.replace(ours, other)), [""; 0], "{other}");
    }
    let root: Value = serde_json::from_str(REPORT_SCHEMA).unwrap();
    assert_eq!(root["$id"], REPORT);
}
