//! Praat's `TextGrid`, long and short.
//!
//! Praat reads such a file as a row of numbers in the open, strings in quotes and flags in angle brackets; everything
//! else, as `xmin =` and `item [1]:`, is for people (manual: "`TextGrid` file formats"). So do we, and both forms are
//! one.

use std::iter::Peekable;
use std::str::Chars;

use super::entry::{Entry, Kind, Wrong, kind, seconds};

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Number(String),
    Text(String),
    Flag(String),
}

/// The tokens that count, each with its line.
fn tokens(text: &str) -> Result<Vec<(Token, u64)>, Wrong> {
    let mut tokens = Vec::new();
    let mut line = 1;
    let mut rest = text.chars().peekable();
    while let Some(&first) = rest.peek() {
        let begun = line;
        match first {
            '\n' => line += 1,
            '"' => {
                tokens.push((Token::Text(quoted(&mut rest, &mut line)?), begun));
                continue;
            }
            '!' => {
                while rest.next_if(|&next| next != '\n').is_some() {}
                continue;
            }
            first if !first.is_whitespace() => {
                let word: String = std::iter::from_fn(|| rest.next_if(|next| !next.is_whitespace())).collect();
                if first == '<' && word.ends_with('>') {
                    tokens.push((Token::Flag(word), begun));
                } else if first.is_ascii_digit() || first == '-' {
                    tokens.push((Token::Number(word), begun));
                }
                continue;
            }
            _ => {}
        }
        rest.next();
    }
    Ok(tokens)
}

/// A string whose quotes inside are doubled.
fn quoted(rest: &mut Peekable<Chars<'_>>, line: &mut u64) -> Result<String, Wrong> {
    let begun = *line;
    rest.next();
    let mut text = String::new();
    while let Some(next) = rest.next() {
        match next {
            '"' if rest.next_if_eq(&'"').is_none() => return Ok(text),
            '\n' => *line += 1,
            _ => {}
        }
        text.push(next);
    }
    Err(Wrong::new(begun, "the string that begins here does not end"))
}

/// The tokens one by one, each asked for by what is expected.
struct Reader {
    tokens: std::vec::IntoIter<(Token, u64)>,
    line: u64,
}

impl Reader {
    fn next(&mut self, wanted: &str) -> Result<Token, Wrong> {
        let (token, line) = self
            .tokens
            .next()
            .ok_or_else(|| Wrong::new(self.line, format!("the TextGrid ends where {wanted} is wanted")))?;
        self.line = line;
        Ok(token)
    }

    fn text(&mut self, wanted: &str) -> Result<String, Wrong> {
        match self.next(wanted)? {
            Token::Text(text) => Ok(text),
            other => Err(self.unexpected(wanted, &other)),
        }
    }

    fn number(&mut self, wanted: &str) -> Result<String, Wrong> {
        match self.next(wanted)? {
            Token::Number(number) => Ok(number),
            other => Err(self.unexpected(wanted, &other)),
        }
    }

    fn time(&mut self, wanted: &str) -> Result<f64, Wrong> {
        let number = self.number(wanted)?;
        seconds(&number).map_err(|reason| Wrong::new(self.line, reason))
    }

    fn count(&mut self, wanted: &str) -> Result<u64, Wrong> {
        let number = self.number(wanted)?;
        number.parse().map_err(|_| Wrong::new(self.line, format!("`{number}` is no number of {wanted}")))
    }

    fn unexpected(&self, wanted: &str, found: &Token) -> Wrong {
        let (Token::Number(found) | Token::Text(found) | Token::Flag(found)) = found;
        Wrong::new(self.line, format!("{wanted} is wanted, and there is `{found}`"))
    }
}

/// The intervals with a label in one tier, or in the only one.
pub(super) fn read(text: &str, tier: Option<&str>) -> Result<Vec<Entry>, Wrong> {
    let mut reader = Reader { tokens: tokens(text)?.into_iter(), line: 1 };
    if !reader.text("the file's type")?.starts_with("ooTextFile")
        || reader.text("the class of the object")? != "TextGrid"
    {
        return Err(Wrong::new(reader.line, "this is no TextGrid in text form: save it in Praat as a text file"));
    }
    reader.time("the start of the grid")?;
    reader.time("the end of the grid")?;
    let flag = reader.next("whether there are tiers")?;
    let count = if flag == Token::Flag("<exists>".to_owned()) { reader.count("tiers")? } else { 0 };
    let mut tiers = Vec::new();
    for _ in 0..count {
        tiers.extend(one_tier(&mut reader)?);
    }
    choose(tiers, tier)
}

/// A tier of intervals by its name; `None` for one of points.
fn one_tier(reader: &mut Reader) -> Result<Option<(String, Vec<Entry>)>, Wrong> {
    let class = reader.text("the class of a tier")?;
    let name = reader.text("the name of a tier")?;
    reader.time("the start of a tier")?;
    reader.time("the end of a tier")?;
    let count = reader.count("intervals")?;
    match class.as_str() {
        "IntervalTier" => {
            let mut entries = Vec::new();
            for _ in 0..count {
                let start = reader.time("the start of an interval")?;
                let line = reader.line;
                let end = reader.time("the end of an interval")?;
                let label = reader.text("the label of an interval")?;
                let kind = if label.trim().is_empty() { Kind::NotSpeech } else { kind(&label) };
                entries.push(Entry { recording: None, start, end, kind, line });
            }
            Ok(Some((name, entries)))
        }
        "TextTier" => {
            for _ in 0..count {
                reader.time("the time of a point")?;
                reader.text("the label of a point")?;
            }
            Ok(None)
        }
        other => Err(Wrong::new(reader.line, format!("`{other}` is no class of a tier: IntervalTier is wanted"))),
    }
}

fn choose(tiers: Vec<(String, Vec<Entry>)>, wanted: Option<&str>) -> Result<Vec<Entry>, Wrong> {
    let names: Vec<_> = tiers.iter().map(|(name, _)| format!("`{name}`")).collect();
    let there_is = if names.is_empty() {
        "there is none of intervals".to_owned()
    } else {
        format!("there is {}", names.join(", "))
    };
    let mut found = tiers.into_iter().filter(|(name, _)| wanted.is_none_or(|wanted| name == wanted));
    match (found.next(), found.next(), wanted) {
        (Some((_, entries)), None, _) => Ok(entries),
        (None, _, Some(wanted)) => Err(Wrong::new(1, format!("there is no tier `{wanted}`: {there_is}"))),
        (None, _, None) => Err(Wrong::new(1, format!("a tier is wanted: {there_is}"))),
        (Some(_), Some(_), Some(wanted)) => Err(Wrong::new(1, format!("several tiers are named `{wanted}`"))),
        (Some(_), Some(_), None) => {
            Err(Wrong::new(1, format!("one tier is wanted: name it with --tier; {there_is}")))
        }
    }
}
