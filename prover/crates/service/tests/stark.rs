//! The real prover behind the service, on a sample module.
use loom_service::{Engine, EngineFailure, StarkEngine, Work};
use proto::{Claim, Image, ReceiptView};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

const COUNTER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../samples/modules/counter.wasm");
const MEMORY: u64 = 4 << 30;

fn work() -> Work {
    let context = br#"{"actor":"counter-a","at":"2026-01-01T00:00:00.000000Z","commandId":"c-1","commandType":"increment","principal":"p","revision":0,"roles":[]}"#;
    let mut input = Vec::new();
    for part in [&b""[..], b"{}", context] {
        input.extend((part.len() as u32).to_le_bytes());
        input.extend(part);
    }
    Work { module: std::fs::read(COUNTER).expect("the sample"), input, set: "std".to_owned() }
}

#[test]
fn a_sample_is_proven_and_the_receipt_is_of_its_image_and_input() {
    let engine = StarkEngine::new(2, MEMORY, 1024);
    let (work, phases) = (work(), Mutex::new(Vec::new()));
    let image = engine.image(&work.module).expect("an image");
    let receipt = engine.prove(&work, &AtomicBool::new(false), &|step| phases.lock().unwrap().push(step.phase)).expect("a receipt");

    let view = ReceiptView::parse(&receipt).expect("a receipt");
    let claim = Claim::from_bytes(view.claim).expect("a claim");
    assert_eq!(claim.image_id, image.id);
    assert_eq!(claim.input_digest, hash::digest(&work.input));
    assert_eq!(claim.exit_code, 0);
    assert_eq!(Image::from_bytes(&image.bytes).expect("an image").module_sha256, hash::digest(&work.module));
    let phases = phases.into_inner().unwrap();
    assert!(phases.contains(&"execute") && phases.contains(&"fri"), "{phases:?}");
}

#[test]
fn what_cannot_be_proven_is_refused_and_what_is_cancelled_stops() {
    let engine = StarkEngine::new(1, MEMORY, 1024);
    let error = engine.image(b"no module").expect_err("no module");
    assert_eq!((error.failure, error.code.as_str()), (EngineFailure::Refused, "Malformed"));

    let small = StarkEngine::new(1, 1 << 20, 1024);
    let error = small.prove(&work(), &AtomicBool::new(false), &|_| ()).expect_err("no memory");
    assert_eq!((error.failure, error.code.as_str()), (EngineFailure::Refused, "Memory"));

    let cancel = AtomicBool::new(false);
    let error = engine.prove(&work(), &cancel, &|_| cancel.store(true, Ordering::Relaxed)).expect_err("cancelled");
    assert_eq!(error.failure, EngineFailure::Cancelled);
}
