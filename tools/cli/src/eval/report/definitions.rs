//! What every number means.

/// A number's short name in addresses, what it is called, and what it is.
pub(super) struct Definition {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) text: &'static str,
}

const fn define(id: &'static str, name: &'static str, text: &'static str) -> Definition {
    Definition { id, name, text }
}

pub(super) const DEFINITIONS: [Definition; 24] = [
    define(
        "auc",
        "AUC",
        "Area under the ROC curve, 0 to 1: how often a moment of speech has a higher score than a moment \
         without, over all pairs of moments of all recordings; equal scores count half. 0.5 is guessing. \
         Moments lie on a grid of 10 ms, and each has the score of the hop that it lies in. As scikit-learn's \
         roc_auc_score.",
    ),
    define(
        "interval",
        "95 % interval",
        "Where AUC would lie with other recordings of the same kind: recordings are drawn anew with \
         replacement, and the middle 95 % of the results are shown (percentile bootstrap, fixed seed). \
         Systems heard the same recordings, so intervals that overlap do not mean that there is no \
         difference. The bar goes from 0.5 to 1.",
    ),
    define(
        "ap",
        "AP",
        "Average precision, 0 to 1: the mean of precision over recall, the area under that curve. Higher is \
         better; it depends on how much of the time is speech. As scikit-learn's average_precision_score.",
    ),
    define(
        "eer",
        "EER",
        "Equal error rate: misses and false alarms, in % of their time, at the threshold at which both are \
         equal. Lower is better.",
    ),
    define(
        "f1",
        "F1 of scores",
        "2 hit / (2 hit + miss + false alarm) of the scores, at the best threshold. Each fifth of the \
         recordings is measured at the threshold that is best for the other four, so that it does not \
         flatter.",
    ),
    define(
        "mindcf",
        "minDCF",
        "The lowest detection cost, 0.75 miss rate + 0.25 false-alarm rate, of any threshold (NIST OpenSAT). \
         Lower is better; calling everything speech gives 0.25.",
    ),
    define(
        "lag",
        "lag",
        "By how many ms the labels must be moved later for AUC to be highest, tried from -100 to 200 ms by \
         tens. Above 0 the scores come late, or the labels early. Nothing else here is corrected for it.",
    ),
    define(
        "der",
        "DER",
        "Detection error rate: missed speech and false alarms together, in % of the time of speech. Of the \
         segments, after the segmenter. Lower is better; it can be above 100 %. As pyannote.metrics' \
         DetectionErrorRate.",
    ),
    define("miss", "miss", "Speech by the labels that lies in no segment, in % of the time of speech."),
    define(
        "fa",
        "false alarms",
        "Time in segments that is not speech by the labels, in % of the time without speech.",
    ),
    define("precision", "precision", "How much of the time in segments is speech by the labels, in %."),
    define(
        "f1s",
        "F1 of segments",
        "The harmonic mean of precision and recall of the segments, in time: 2 hit / (2 hit + miss + false \
         alarm).",
    ),
    define("missed", "missed", "Segments of the labels that no segment touches, in % of those there are."),
    define("falseh", "false/h", "Segments that touch no speech, in an hour of time without speech."),
    define(
        "parts",
        "parts",
        "Segments for each segment of the labels that was found: 1 is ideal, more means that speech was \
         split.",
    ),
    define(
        "onset",
        "onset",
        "From where speech starts by the labels to where the segment starts, in ms: the median and the 95th \
         percentile. Negative is early; padding makes it earlier. This is where the segment lies, not when it \
         is reported: add the latency for that.",
    ),
    define(
        "offset",
        "offset",
        "From where speech ends by the labels to where the segment ends, in ms, likewise. Padding makes it \
         later.",
    ),
    define(
        "us",
        "µs/frame",
        "Processor time in microseconds for each score, reading and resampling left out; on this machine, one \
         thread, whole recordings at hand. voiced bench measures streams and pools.",
    ),
    define("hop", "hop", "Milliseconds from one score to the next."),
    define(
        "rtf",
        "real time",
        "Real-time factor: processor time of scoring over the time that the audio lasts. 0.001 is a thousand \
         times faster than real time.",
    ),
    define("state", "state", "Bytes that each stream takes beside what all streams share."),
    define(
        "weights",
        "weights",
        "Bytes of trained weights that all streams share; the few fitted numbers of the classic detectors are \
         part of the code.",
    ),
    define(
        "latency",
        "latency",
        "Milliseconds from the start of a hop until its score can be told: the hop and the look-ahead.",
    ),
    define(
        "group",
        "groups",
        "AUC, and the misses and false alarms of segments in % of the time with and without speech, by group. \
         A group without speech has false alarms only. The darker, the better the AUC.",
    ),
];
