//! The registry: which detectors there are, what to know when choosing one, and how each is made.

use std::fmt;
use std::str::FromStr;

use crate::detector::AnyDetector;
use crate::detector::classic::ClassicConfig;
use crate::detector::classic::combined::Combined;
use crate::detector::classic::energy::Energy;
use crate::detector::classic::entropy::Entropy;
use crate::detector::classic::flatness::Flatness;
use crate::detector::classic::ltsd::{Ltsd, LtsdConfig};
use crate::detector::classic::sohn::{Sohn, SohnConfig};
use crate::detector::classic::zcr::Zcr;
use crate::detector::gru::{self, Gru};
use crate::detector::silero::{self, Silero};
use crate::detector::webrtc::{WebRtc, WebRtcConfig};
use crate::error::Error;
use crate::kernels::Kernels;
use crate::loaded::Loaded;

/// What there is to know of a detector.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Info {
    /// The name by which it is known everywhere.
    pub name: &'static str,
    /// When to use it.
    pub purpose: &'static str,
    /// Sample rates in Hz that it hears without resampling, from the lowest.
    pub rates: &'static [u32],
    /// Milliseconds by which its scores lag the speech, for [`SegmentConfig::delay_ms`](crate::SegmentConfig::delay_ms): the
    /// shift that ranks best on the development recordings with labels set by people (`docs/guide/src/results.md`), where that
    /// is at least a hop late, and else 0.
    pub delay_ms: f64,
    /// Whether it is a network, whose weights can be brought along.
    pub network: bool,
}

/// Makes the enum, its list and its table of one line for each detector. Lines are added at the end: numbers have gone out.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $name:literal, $rates:expr, $delay:literal, $network:literal, $purpose:literal;)+) => {
        /// A detector of this crate.
        ///
        /// ```
        /// use voiced::Kind;
        ///
        /// let kind: Kind = "energy".parse()?;
        /// assert_eq!(kind, Kind::Energy);
        /// for kind in Kind::ALL {
        ///     println!("{kind}: {}", kind.info().purpose);
        /// }
        /// # Ok::<(), voiced::Error>(())
        /// ```
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Kind {
            $($(#[$doc])* $kind),+
        }

        impl Kind {
            /// All there are, [`Silero`](Self::Silero) first. The place of each is `kind as usize`, and never changes.
            pub const ALL: &'static [Self] = &[$(Self::$kind),+];

            /// What there is to know of it.
            pub const fn info(self) -> &'static Info {
                match self {
                    $(Self::$kind => &Info {
                        name: $name,
                        purpose: $purpose,
                        rates: $rates,
                        delay_ms: $delay,
                        network: $network,
                    }),+
                }
            }
        }
    };
}

const TWO: &[u32] = &[8000, 16_000];

kinds! {
    /// The real Silero VAD network.
    #[default]
    Silero = "silero", TWO, 35.0, true, "speech among any other sounds: the network, by far the best in noise and music";
    /// A smaller network of our own.
    Gru = "gru", &[16_000], 30.0, true, "a quarter of silero's cost, and a score every 16 ms, where silero is too large";
    /// WebRTC's Gaussian mixtures.
    WebRtc = "webrtc", &[8000, 16_000, 32_000, 48_000], 10.0, false,
        "where decisions must equal webrtcvad's, or the score must come within 10 ms";
    /// Energy over the noise floor.
    Energy = "energy", TWO, 0.0, false, "quiet rooms and close microphones, at next to no cost";
    /// Zero-crossing rate.
    Zcr = "zcr", TWO, 60.0, false, "to learn and to compare: alone it is weak";
    /// Spectral entropy.
    Entropy = "entropy", TWO, 0.0, false, "vowels in quiet and in steady noise; mostly to compare with flatness";
    /// Spectral flatness.
    Flatness = "flatness", TWO, 0.0, false, "vowels in quiet and in steady noise, whatever the noise's colour";
    /// Long-term spectral divergence.
    Ltsd = "ltsd", TWO, 0.0, false, "steady noise; holds weak ends of words and bridges gaps";
    /// Sohn's likelihood ratio.
    Sohn = "sohn", TWO, 0.0, false, "steady noise; the baseline that papers compare with";
    /// All the classic evidence, weighed together.
    Combined = "combined", TWO, 0.0, false, "speech in noise where a network is too large; takes music for speech";
}

impl Kind {
    /// The rate in Hz at which its detectors hear audio of `rate` Hz: that rate where they hear it without resampling, and else
    /// the one of 8,000 and 16,000 that loses no more than it must.
    pub fn native_rate(self, rate: u32) -> u32 {
        let rates = self.info().rates;
        if rates.contains(&rate) {
            rate
        } else if rate < 8000 && rates.contains(&8000) {
            8000
        } else {
            16_000
        }
    }

    /// Loads what its detectors share, for audio of `rate` Hz: for the networks their embedded weights.
    ///
    /// A [`Stream`](crate::Stream) resamples where the detector does not hear that rate.
    ///
    /// # Errors
    /// [`Error::WeightsFile`] for a network where the feature `embedded` is off.
    pub fn load(self, rate: u32) -> Result<Loaded, Error> {
        self.load_with(rate, Kernels::best())
    }

    /// The same, and a network is run by a kernel set.
    ///
    /// # Errors
    /// As those of [`load`](Self::load), and [`Error::Kernels`] where this machine cannot run the kernel set.
    pub fn load_with(self, rate: u32, kernels: Kernels) -> Result<Loaded, Error> {
        Ok(Loaded::from(self.make(rate, kernels)?))
    }

    /// Loads a network from the bytes of a weights file, which tells the rate.
    ///
    /// # Errors
    /// [`Error::WeightsFile`] where the detector is no network, and as those of [`silero::Model::from_bytes`].
    pub fn load_from(self, weights: &[u8]) -> Result<Loaded, Error> {
        self.load_from_with(weights, Kernels::best())
    }

    /// The same, run by a kernel set.
    ///
    /// # Errors
    /// As those of [`load_from`](Self::load_from), and [`Error::Kernels`] where this machine cannot run the kernel set.
    pub fn load_from_with(self, weights: &[u8], kernels: Kernels) -> Result<Loaded, Error> {
        match self {
            Self::Silero => Ok(Silero::new(&silero::Model::from_bytes_with(weights, kernels)?).into()),
            Self::Gru => Ok(Gru::new(&gru::Model::from_bytes_with(weights, kernels)?).into()),
            _ => Err(Error::WeightsFile { reason: format!("{self} is no network, and has no weights") }),
        }
    }

    /// A detector with its default configuration, at the rate that suits audio of `rate` Hz.
    fn make(self, rate: u32, kernels: Kernels) -> Result<AnyDetector, Error> {
        let native = self.native_rate(rate);
        Ok(match self {
            #[cfg(feature = "embedded")]
            Self::Silero => Silero::new(&silero::Model::embedded_with(rate, kernels)?).into(),
            #[cfg(feature = "embedded")]
            Self::Gru => Gru::new(&gru::Model::embedded_with(kernels)?).into(),
            #[cfg(not(feature = "embedded"))]
            Self::Silero | Self::Gru => {
                kernels.checked()?;
                let reason = format!("no weights of {self} are embedded in this build; load_from reads them");
                return Err(Error::WeightsFile { reason });
            }
            Self::WebRtc => WebRtc::new(native, &WebRtcConfig::default())?.into(),
            Self::Energy => Energy::new(native, ClassicConfig::default())?.into(),
            Self::Zcr => Zcr::new(native, ClassicConfig::default())?.into(),
            Self::Entropy => Entropy::new(native, ClassicConfig::default())?.into(),
            Self::Flatness => Flatness::new(native, ClassicConfig::default())?.into(),
            Self::Ltsd => Ltsd::new(native, LtsdConfig::default())?.into(),
            Self::Sohn => Sohn::new(native, SohnConfig::default())?.into(),
            Self::Combined => Combined::new(native, ClassicConfig::default())?.into(),
        })
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.info().name)
    }
}

impl FromStr for Kind {
    type Err = Error;

    /// # Errors
    /// [`Error::Kind`] where there is no detector of that name.
    fn from_str(name: &str) -> Result<Self, Error> {
        Self::ALL.iter().find(|kind| kind.info().name == name).copied().ok_or_else(|| {
            let legal: Vec<_> = Self::ALL.iter().map(|kind| kind.info().name).collect();
            Error::Kind { given: name.to_owned(), legal: legal.join(", ") }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back_and_others_are_told_what_there_is() {
        for &kind in Kind::ALL {
            assert_eq!(kind.to_string().parse(), Ok(kind));
        }
        let error = "psychic".parse::<Kind>().unwrap_err();
        assert!(error.to_string().starts_with("there is no detector `psychic`: there is silero, gru, "), "{error}");
        assert_eq!(Kind::default(), Kind::ALL[0]);
    }

    #[test]
    fn places_never_change() {
        let names: Vec<_> = Kind::ALL.iter().map(|kind| kind.info().name).collect();
        let before = "silero gru webrtc energy zcr entropy flatness ltsd sohn combined";
        assert!(names.join(" ").starts_with(before), "{names:?}");
        assert!(Kind::ALL.iter().enumerate().all(|(place, &kind)| kind as usize == place));
    }

    #[test]
    fn what_is_no_network_takes_no_weights() {
        for kind in Kind::ALL.iter().filter(|kind| !kind.info().network) {
            let error = kind.load_from(&[]).unwrap_err();
            assert!(error.to_string().contains(kind.info().name), "{error}");
        }
    }
}

#[cfg(all(test, feature = "embedded"))]
mod embedded_tests {
    use super::*;

    #[test]
    fn the_rates_are_those_heard_without_resampling() {
        for &kind in Kind::ALL {
            for rate in [4000, 8000, 8001, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000] {
                let native = kind.load(rate).unwrap().spec().rate;
                assert_eq!(native, kind.native_rate(rate), "{kind} {rate}");
                assert_eq!(native == rate, kind.info().rates.contains(&rate), "{kind} {rate}");
                assert!(kind.info().rates.contains(&native), "{kind} {rate}");
            }
        }
    }
}
