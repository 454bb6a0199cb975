//! Work on many items at a time, with the results in the items' order.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

/// Works on all items, `jobs` at a time, and takes each result as soon as it and all before it are ready.
///
/// Where `take` fails, no further item is begun, `cancel` is called, and the error is returned.
pub(crate) fn in_order<T: Sync, R: Send, E>(
    items: &[T],
    jobs: usize,
    work: impl Fn(&T) -> R + Sync,
    cancel: impl Fn(),
    mut take: impl FnMut(R) -> Result<(), E>,
) -> Result<(), E> {
    let jobs = jobs.min(items.len());
    if jobs <= 1 {
        return items.iter().try_for_each(|item| take(work(item)));
    }
    let next = AtomicUsize::new(0);
    let stopped = AtomicBool::new(false);
    thread::scope(|scope| {
        let (sender, results) = mpsc::channel();
        for _ in 0..jobs {
            let sender = sender.clone();
            scope.spawn(|| {
                let sender = sender;
                while !stopped.load(Ordering::Relaxed) {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(index) else { break };
                    if sender.send((index, work(item))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        let mut waiting = BTreeMap::new();
        let mut taken = 0;
        for (index, result) in results {
            waiting.insert(index, result);
            while let Some(result) = waiting.remove(&taken) {
                taken += 1;
                if let Err(error) = take(result) {
                    stopped.store(true, Ordering::Relaxed);
                    cancel();
                    return Err(error);
                }
            }
        }
        Ok(())
    })
}

/// How many jobs there are where none are asked for.
pub(crate) fn default_jobs() -> usize {
    thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn results_keep_their_order() {
        let items: Vec<u64> = (0..40).collect();
        for jobs in [1, 2, 7, 100] {
            let mut results = Vec::new();
            let work = |&item: &u64| {
                thread::sleep(Duration::from_millis((item * 7) % 5)); // so that later ones are ready first
                item * 2
            };
            in_order(
                &items,
                jobs,
                work,
                || {},
                |result| {
                    results.push(result);
                    Ok::<_, ()>(())
                },
            )
            .unwrap();
            assert_eq!(results, items.iter().map(|item| item * 2).collect::<Vec<_>>(), "{jobs} jobs");
        }
    }

    #[test]
    fn a_refused_result_ends_the_work() {
        let items: Vec<usize> = (0..10_000).collect();
        for jobs in [1, 4] {
            let worked = AtomicUsize::new(0);
            let work = |&item: &usize| {
                worked.fetch_add(1, Ordering::Relaxed);
                thread::sleep(Duration::from_micros(100));
                item
            };
            let result = in_order(&items, jobs, work, || {}, |item| if item == 3 { Err("enough") } else { Ok(()) });
            assert_eq!(result, Err("enough"));
            assert!(worked.load(Ordering::Relaxed) < 5000, "{jobs} jobs");
        }
    }
}
