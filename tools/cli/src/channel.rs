//! Which channels of a recording are listened to.

use std::str::FromStr;

use voiced::audio::{mix_down, pick};

/// A choice of channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Channel {
    /// The mean of all.
    Mix,
    /// All of them, each by itself.
    Each,
    /// One, counted from 1 as RTTM does.
    Number(usize),
}

impl FromStr for Channel {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "mix" => Ok(Self::Mix),
            "each" => Ok(Self::Each),
            _ => match text.parse() {
                Ok(number) if number > 0 => Ok(Self::Number(number)),
                _ => Err("it must be mix, each, or a number from 1".to_owned()),
            },
        }
    }
}

/// What one stream of audio listens to: all channels, or one, counted from 1.
pub(crate) type Ear = Option<usize>;

/// Which streams a choice of channels makes of a recording with this many.
pub(crate) fn ears(channel: Channel, channels: usize) -> Result<Vec<Ear>, String> {
    match channel {
        Channel::Mix => Ok(vec![None]),
        Channel::Each => Ok((1..=channels).map(Some).collect()),
        Channel::Number(number) if number <= channels => Ok(vec![Some(number)]),
        Channel::Number(number) => {
            Err(format!("there is no channel {number}: the recording has {channels}, counted from 1"))
        }
    }
}

/// Replaces `mono` by what an ear hears of `block`, shape (frames, channels).
pub(crate) fn hear(ear: Ear, block: &[f32], channels: usize, mono: &mut Vec<f32>) -> Result<(), voiced::Error> {
    mono.clear();
    match ear {
        None => {
            mix_down(block, channels, mono);
            Ok(())
        }
        Some(number) => pick(block, channels, number - 1, mono),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_count_from_one() {
        assert_eq!("mix".parse(), Ok(Channel::Mix));
        assert_eq!("each".parse(), Ok(Channel::Each));
        assert_eq!("2".parse(), Ok(Channel::Number(2)));
        for bad in ["0", "-1", "left", "", "1.5"] {
            assert!(bad.parse::<Channel>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_channel_beyond_the_last_is_an_error() {
        assert_eq!(ears(Channel::Mix, 2), Ok(vec![None]));
        assert_eq!(ears(Channel::Each, 2), Ok(vec![Some(1), Some(2)]));
        assert_eq!(ears(Channel::Number(2), 2), Ok(vec![Some(2)]));
        let reason = ears(Channel::Number(3), 2).unwrap_err();
        assert!(reason.contains("no channel 3") && reason.contains("has 2"), "{reason}");
    }

    #[test]
    fn an_ear_hears_its_channel() {
        let mut mono = vec![9.0];
        hear(None, &[0.5, -0.5, 1.0, 0.0], 2, &mut mono).unwrap();
        assert_eq!(mono, [0.0, 0.5]);
        hear(Some(2), &[0.5, -0.5, 1.0, 0.0], 2, &mut mono).unwrap();
        assert_eq!(mono, [-0.5, 0.0]);
    }
}
