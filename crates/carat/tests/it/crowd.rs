//! Many threads at once.

use std::fs;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use carat::Prompts;
use serde_json::json;

use crate::made::{entry, place, still, text_of, write};

const READERS: usize = 8;

/// A bundle in which everything says which one it is.
fn edition(number: u32) -> Vec<carat::bundle::Entry> {
    let text = |part: u32| format!("---\ninputs: {{ x: string }}\n---\nsystem:\n{number}/{part}\nuser:\n{{{{ x }}}}");
    let labels = |part: u32| [format!("label-{part}")];
    (1..=20)
        .map(|part| {
            let labels = labels(part);
            entry("a", number * 100 + part, &[labels[0].as_str()], &text(part))
        })
        .collect()
}

#[test]
fn readers_see_whole_bundles_while_they_are_replaced_cut_and_deleted() {
    let (_folder, path) = place();
    write(&path, edition(1));
    let prompts = Prompts::options().interval(Duration::from_millis(10)).open(&path).unwrap();
    let (is_over, newest, reads) = (AtomicBool::new(false), AtomicU32::new(1), AtomicU64::new(0));
    std::thread::scope(|scope| {
        for reader in 0..READERS {
            let (prompts, is_over, newest, reads) = (&prompts, &is_over, &newest, &reads);
            scope.spawn(move || {
                let mut last = 0;
                while !is_over.load(Ordering::Relaxed) {
                    let part = reader % 20 + 1;
                    let prompt = prompts.get(&format!("a@label-{part}")).unwrap();
                    let rendered = prompt.render(&json!({"x": "user:"})).unwrap();
                    let number = prompt.version().unwrap() / 100;
                    assert_eq!(rendered.messages()[0].joined_text(), format!("{number}/{part}"));
                    assert!(number >= last && number <= newest.load(Ordering::SeqCst), "{last} {number}");
                    last = number;
                    reads.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        for number in 2..=30 {
            newest.store(number, Ordering::SeqCst);
            match number % 3 {
                0 => fs::write(&path, text_of(edition(number))).unwrap(),
                1 => {
                    fs::write(&path, &text_of(edition(number))[..1000]).unwrap();
                    std::thread::sleep(Duration::from_millis(12));
                    write(&path, edition(number));
                }
                _ => {
                    fs::remove_file(&path).unwrap();
                    std::thread::sleep(Duration::from_millis(12));
                    write(&path, edition(number));
                }
            };
            std::thread::sleep(Duration::from_millis(12));
        }
        prompts.reload().unwrap();
        assert!(prompts.get("a@3001").is_ok());
        is_over.store(true, Ordering::Relaxed);
    });
    assert!(reads.load(Ordering::Relaxed) > 1000);
}

#[test]
fn reloads_from_many_threads_are_one_after_the_other() {
    let (_folder, path) = place();
    write(&path, edition(1));
    let prompts = still(&path);
    write(&path, edition(2));
    let new = AtomicU32::new(0);
    std::thread::scope(|scope| {
        for _ in 0..READERS {
            scope.spawn(|| {
                if prompts.reload().unwrap() {
                    new.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    assert_eq!(new.load(Ordering::Relaxed), 1);
}
