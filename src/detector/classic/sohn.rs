//! The likelihood ratio of a statistical model.
//!
//! The coefficients of a short-time Fourier transform are taken for independent Gaussians, of variance `N[k]` in noise
//! and `N[k] + S[k]` in speech. With `gamma[k]` = power over `N[k]`, the SNR a posteriori, and `xi[k]` = `S[k] / N[k]`,
//! the SNR a priori,
//!
//! ```text
//! ln L[k] = gamma[k] xi[k] / (1 + xi[k]) - ln (1 + xi[k])              Sohn et al. 1999, equation 3
//! ln L = 1/K sum over k of ln L[k]                                     Sohn et al. 1999, equation 4
//! xi[k, n] = a A^2[k, n-1] / N[k] + (1 - a) max(gamma[k, n] - 1, 0)    decision-directed, equation 7
//! A^2[k, n] = (xi[k, n] / (1 + xi[k, n]))^2 gamma[k, n] N[k]           the Wiener filter's estimate of speech
//! G[n] = (a01 + a11 G[n-1]) / (a00 + a10 G[n-1]) L[n]                  hangover by a hidden Markov chain, equation 10
//! measure = mean of ln G                                               around the hop
//! score = 1 / (1 + exp(-(measure - centre) / width))
//! ```
//!
//! where `aij` is the probability to go from `i` to `j` (0 noise, 1 speech) in a step of 10 ms: the ratio `G` of the
//! odds for speech remembers what was heard before, so that the weak end of a word is held by its strong middle.
//!
//! Source: J. Sohn, N. S. Kim and W. Sung, "A statistical model-based voice activity detection", *IEEE Signal
//! Processing Letters* 6 (1), 1999. The decision-directed estimate is Y. Ephraim and D. Malah's, 1984; their amplitude
//! estimator needs Bessel functions, the Wiener filter in its place differs at low SNR only. `N` is the noise floor of
//! minimum statistics (R. Martin, 2001) in place of the paper's soft decision.
//!
//! Good at: speech in steady noise, at any level, bin by bin, so that a few clear harmonics suffice. Blind to what a
//! sound is: whatever rises out of the noise floor is speech to it.

use crate::audio::sample::audible;
use crate::detector::classic::config::QUIETEST_DBFS;
use crate::detector::classic::{
    Classic, ClassicConfig, Logistic, Measure, Parameters, SPECTRUM_MS, Setup, Timing, fitted,
};
use crate::dsp::smooth::MovingAverage;
use crate::dsp::spectrum::ln;
use crate::dsp::whiten::WhitenedSpectrum;
use crate::error::Error;

/// The band in Hz that is looked at: hum and offset lie below.
pub const BAND_HZ: [f32; 2] = [100.0, 8000.0];

/// The largest SNR a posteriori that a bin is given, 23 dB: above, it tells no more, and one bin must not be the mean.
///
/// On the development recordings 200 ranks noisy speech better than 1000 does, 0.787 in place of 0.780 AUC at 5 dB, and
/// clean speech no worse; from 100 down clean speech loses.
const LARGEST_GAMMA: f32 = 200.0;

/// The likelihood-ratio detector; see the [module](self).
pub type Sohn = Classic<LogOdds>;

/// The parameters of [`Sohn`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SohnConfig {
    /// Averaging and memory. Defaults to [`Timing::default`].
    pub timing: Timing,
    /// The weight `a` of the step before in the SNR a priori. 0 to 1, 1 excluded. Defaults to 0.98, as in Ephraim
    /// and Malah 1984.
    pub memory_of_snr: f32,
    /// The probability `a01` that speech begins in a step of 10 ms. 0 to 1, both excluded. Defaults to 0.2, as in
    /// the paper.
    pub onset: f32,
    /// The probability `a10` that speech ends in a step of 10 ms. 0 to 1, both excluded. Defaults to 0.1, as in the
    /// paper.
    pub offset: f32,
    /// A level in dB over full scale below which all is silence. -160 to 0. Defaults to -110, below the rounding
    /// noise of 16-bit audio, which is at -101.
    pub quietest_dbfs: f32,
    /// From the logarithm of the odds to a score. Defaults to the curve that `tools/fit` fitted, `None`.
    pub mapping: Option<Logistic>,
}

impl Default for SohnConfig {
    fn default() -> Self {
        Self {
            timing: Timing::default(),
            memory_of_snr: 0.98,
            onset: 0.2,
            offset: 0.1,
            quietest_dbfs: QUIETEST_DBFS,
            mapping: None,
        }
    }
}

impl Parameters for SohnConfig {
    fn shared(self) -> Result<ClassicConfig, Error> {
        let Self { timing, quietest_dbfs, mapping, .. } = self;
        let error = |field, given, legal| Err(Error::Config { field, given: f64::from(given), legal });
        if !(0.0..1.0).contains(&self.memory_of_snr) {
            return error("memory_of_snr", self.memory_of_snr, "from 0 to 1, without 1");
        }
        for (field, given) in [("onset", self.onset), ("offset", self.offset)] {
            if !(given > 0.0 && given < 1.0) {
                return error(field, given, "between 0 and 1");
            }
        }
        Ok(ClassicConfig { timing, quietest_dbfs, mapping })
    }
}

/// The measure of [`Sohn`]: the mean of the logarithm of the odds for speech around the hop, in nats.
#[derive(Clone, Debug)]
pub struct LogOdds {
    config: SohnConfig,
    whitened: WhitenedSpectrum,
    speech: Vec<f32>, // (bins): A^2 / N of the step before
    log_odds: f32,    // ln G
    average: MovingAverage,
}

impl LogOdds {
    /// `ln L` of a window, and the estimate of speech for the next.
    fn log_likelihood_ratio(&mut self, window: &[f32]) -> f32 {
        let a = self.config.memory_of_snr;
        let mut sum = 0.0;
        for (gamma, speech) in self.whitened.of(window).iter().zip(&mut self.speech) {
            let gamma = gamma.min(LARGEST_GAMMA);
            let xi = a * *speech + (1.0 - a) * (gamma - 1.0).max(0.0);
            let gain = xi / (1.0 + xi);
            *speech = audible(gain * gain * gamma);
            sum += gamma * gain - ln(1.0 + xi);
        }
        sum / self.speech.len() as f32
    }
}

impl Measure for LogOdds {
    type Config = SohnConfig;
    const WINDOW_MS: u32 = SPECTRUM_MS;

    fn mapping(_rate: u32) -> Logistic {
        fitted::SOHN
    }

    fn new(setup: &Setup, config: SohnConfig) -> Self {
        let whitened = setup.whitened(BAND_HZ);
        Self {
            config,
            speech: vec![0.0; whitened.bins()],
            whitened,
            log_odds: prior(&config),
            average: MovingAverage::new(setup.average),
        }
    }

    fn push(&mut self, window: &[f32]) -> f32 {
        let ratio = self.log_likelihood_ratio(window);
        self.log_odds = chained(&self.config, self.log_odds) + ratio;
        self.average.push(self.log_odds)
    }

    fn reset(&mut self) {
        self.whitened.reset();
        self.speech.fill(0.0);
        self.log_odds = prior(&self.config);
        self.average.reset();
    }
}

/// The logarithm of the odds for speech before anything is heard: `a01 / a10`.
fn prior(config: &SohnConfig) -> f32 {
    (config.onset / config.offset).ln()
}

/// The logarithm of the odds for speech one step after they were `exp(log_odds)`.
fn chained(config: &SohnConfig, log_odds: f32) -> f32 {
    let odds = log_odds.clamp(-60.0, 60.0).exp();
    ((config.onset + (1.0 - config.offset) * odds) / (1.0 - config.onset + config.offset * odds)).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chain_rests_at_its_prior_and_forgets() {
        let config = SohnConfig::default();
        assert!((chained(&config, prior(&config)) - prior(&config)).abs() < 1e-6);
        assert!((chained(&config, 60.0) - (0.9_f32 / 0.1).ln()).abs() < 1e-3, "certain speech goes on: a11 / a10");
        assert!((chained(&config, -60.0) - (0.2_f32 / 0.8).ln()).abs() < 1e-3, "certain noise: a01 / a00");
    }

    #[test]
    fn one_window_has_the_ratio_of_the_equations() {
        // The first window is its own floor: gamma = 1 in every bin, so xi = 0 and ln L = 0.
        let mut sohn = Sohn::new(8000, SohnConfig::default()).unwrap().measure;
        let quiet: Vec<f32> = (0..256).map(|n| ((n * 37) % 101) as f32 / 50_000.0).collect();
        for _ in 0..20 {
            assert!(sohn.log_likelihood_ratio(&quiet).abs() < 1e-4);
        }
        // Then 20 dB more: xi = 0.02 (gamma - 1), for no speech was before.
        let loud: Vec<f32> = quiet.iter().map(|x| x * 10.0).collect();
        let gamma = sohn.clone().whitened.of(&loud)[60];
        let xi = 0.02 * (gamma - 1.0);
        let exact = gamma * xi / (1.0 + xi) - (1.0 + xi).ln();
        assert!((sohn.log_likelihood_ratio(&loud) - exact).abs() < 0.02 * exact, "{exact}");
    }
}
