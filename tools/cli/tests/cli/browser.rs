//! A page in a real browser: Chromium without a window.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Set where there must be a browser: tests that need one then fail without it.
const REQUIRED: &str = "VOICED_REQUIRED_BROWSER";

/// The names that Chromium goes by.
const NAMES: [&str; 5] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/// Collects what goes wrong from the page's first moment on.
const WATCH: &str = "<head><script>
const troubles = [];
addEventListener('error', (event) => troubles.push(String(event.message)));
addEventListener('unhandledrejection', (event) => troubles.push(String(event.reason)));
addEventListener('securitypolicyviolation', (event) => troubles.push('forbidden: ' + event.blockedURI));
for (const level of ['error', 'warn']) console[level] = (...words) => troubles.push(words.join(' '));
</script>";

/// The browser, or `None` where there is none and none is required.
pub(crate) fn browser() -> Option<PathBuf> {
    let folders: Vec<PathBuf> = std::env::var_os("PATH").iter().flat_map(std::env::split_paths).collect();
    let found =
        NAMES.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|path| path.is_file());
    if found.is_none() {
        assert!(std::env::var_os(REQUIRED).is_none(), "{REQUIRED} is set, and none of {NAMES:?} is in PATH");
        eprintln!("skipped: none of {NAMES:?} is in PATH, so that no page can be opened");
    }
    found
}

/// Opens a page, runs `script` in it once the page has started, and returns what the script's function body returns.
///
/// The page must be silent: no error, no warning, nothing on the console, no request that its policy forbids.
#[track_caller]
pub(crate) fn evaluate(browser: &Path, page: &Path, script: &str) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(page).unwrap();
    let last = format!(
        "<script>(() => {{
const result = document.createElement('pre');
result.id = 'result';
result.textContent = JSON.stringify({{ returned: (() => {{ {script} }})() ?? null, troubles }});
document.body.append(result);
}})();</script></body>"
    );
    let (start, end) = text.rsplit_once("</body>").unwrap();
    let watched = start.replacen("<head>", WATCH, 1) + &last + end;
    let copy = folder.path().join("watched.html");
    std::fs::write(&copy, watched).unwrap();
    let output = Command::new(browser)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--dump-dom",
            "--enable-logging=stderr",
            "--timeout=60000",
        ])
        .arg("--window-size=1200,1000")
        .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
        .arg(format!("file://{}", copy.display()))
        .output()
        .unwrap();
    let (dom, log) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let found = dom.split_once("<pre id=\"result\">").and_then(|(_, rest)| rest.split_once("</pre>"));
    let Some((json, _)) = found else { panic!("the script did not end: {log}\n{dom:.2000}") };
    let json = json.replace("&lt;", "<").replace("&gt;", ">").replace("&nbsp;", "\u{a0}").replace("&amp;", "&");
    let mut result: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(result["troubles"], Value::Array(Vec::new()));
    let console: Vec<&str> = log.lines().filter(|line| line.contains("CONSOLE")).collect();
    assert!(console.is_empty(), "{console:?}");
    result["returned"].take()
}
