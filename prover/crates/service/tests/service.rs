//! The service over real connections, with an engine at its boundary that the tests control.
mod support;

use loom_service::{Config, EngineFailure, Service, ServiceError, Token};
use std::time::Duration;
use support::{Bench, Client, error};
use testing::{Seeds, tier_count};

#[test]
fn a_job_is_taken_proven_fetched_and_deleted() {
    let bench = Bench::start("life");
    let mut client = bench.client();
    assert_eq!(client.create("j1", b"module", b"input", "proven").0, 201);
    assert_eq!(client.create("j1", b"module", b"input", "proven").0, 200);
    bench.finish("j1");
    assert_eq!(client.receipt("j1"), (200, b"receipt of 6d6f64756c65 696e707574 proven".to_vec()));
    assert_eq!(client.delete("j1"), 204);
    assert_eq!(client.delete("j1"), 204);
    assert_eq!(client.get("/v1/jobs/j1").0, 404);
    assert_eq!(bench.engine.proven(), ["input"]);
}

#[test]
fn what_differs_under_a_known_id_is_refused() {
    let bench = Bench::start("differs");
    let mut client = bench.client();
    assert_eq!(client.create("j", b"m", b"i", "std").0, 201);
    for (module, input, set) in [(b"n", b"i", "std"), (b"m", b"j", "std"), (b"m", b"i", "fast")] {
        let (status, body) = client.create("j", module, input, set);
        assert_eq!((status, error(&body).as_str()), (409, "id-taken"));
    }
}

#[test]
fn jobs_run_one_after_the_other_and_tell_how_far_they_are() {
    let bench = Bench::start("order");
    let mut client = bench.client();
    bench.engine.hold();
    for id in ["a", "b", "c"] {
        assert_eq!(client.create(id, b"m", id.as_bytes(), "std").0, 201);
    }
    bench.engine.wait_until_held();
    client.until("/v1/jobs/a", r#""state":"running","phase":"commit","done":1,"total":4"#);
    assert!(client.get("/v1/jobs/b").1.contains(r#""state":"queued""#));
    let (status, body) = client.receipt("a");
    assert_eq!((status, error(&String::from_utf8_lossy(&body)).as_str()), (409, "not-done"));
    assert_eq!(client.delete("b"), 204);
    bench.engine.release();
    bench.finish("a");
    bench.finish("c");
    assert_eq!(bench.engine.proven(), ["a", "c"]);
    let metrics = client.get("/metrics").1;
    for line in [
        "loom_prover_jobs{state=\"done\"} 2",
        "loom_prover_ended_total{outcome=\"done\"} 2",
        "loom_prover_ended_total{outcome=\"deleted\"} 1",
        "loom_prover_requests_total{status=\"4xx\"} 1",
    ] {
        assert!(metrics.contains(line), "{line} in {metrics}");
    }
}

#[test]
fn a_job_that_is_deleted_while_it_runs_is_stopped_and_its_id_is_free() {
    let bench = Bench::start("deleted");
    let mut client = bench.client();
    bench.engine.hold();
    client.create("j", b"m", b"one", "std");
    bench.engine.wait_until_held();
    assert_eq!(client.delete("j"), 204);
    assert_eq!(client.create("j", b"m", b"two", "std").0, 201);
    bench.engine.release();
    bench.finish("j");
    assert_eq!(client.receipt("j").1, b"receipt of 6d 74776f std");
}

#[test]
fn a_restart_loses_neither_receipts_nor_failures_nor_jobs() {
    let mut bench = Bench::start("restart");
    let mut client = bench.client();
    client.create("done", b"m", b"i", "std");
    client.create("refused", b"m", b"refuse", "std");
    bench.finish("done");
    client.until("/v1/jobs/refused", r#""state":"failed""#);
    bench.engine.hold();
    client.create("running", b"m", b"r", "std");
    client.create("queued", b"m", b"q", "std");
    bench.engine.wait_until_held();
    bench.restart();
    let mut client = bench.client();
    assert_eq!(client.receipt("done").1, b"receipt of 6d 69 std");
    assert!(client.get("/v1/jobs/refused").1.contains(r#"{"kind":"refused","code":"unprovable","message":"It cannot be proven."}"#));
    bench.engine.release();
    bench.finish("running");
    bench.finish("queued");
    assert_eq!(bench.engine.proven(), ["i", "r", "q"]);
}

#[test]
fn a_job_that_the_service_keeps_ending_at_fails_with_the_reason() {
    let mut bench = Bench::start("ends");
    bench.engine.hold();
    bench.client().create("bad", b"m", b"bad", "std");
    for _ in 0..3 {
        bench.engine.wait_until_held();
        bench.crash();
    }
    let (_, about) = bench.client().get("/v1/jobs/bad");
    assert!(about.contains(r#""state":"failed","error":{"kind":"failed","code":"ended""#), "{about}");
    bench.engine.release();
    bench.client().create("good", b"m", b"good", "std");
    bench.finish("good");
    assert_eq!(bench.engine.proven(), ["good"]);
}

#[test]
fn what_the_service_ended_at_waits_for_all_others() {
    let mut bench = Bench::start("ended");
    bench.engine.hold();
    bench.client().create("bad", b"m", b"bad", "std");
    bench.client().create("good", b"m", b"good", "std");
    bench.engine.wait_until_held();
    bench.crash();
    bench.engine.release();
    bench.finish("bad");
    assert_eq!(bench.engine.proven(), ["good", "bad"]);
}

#[test]
fn being_stopped_in_order_is_no_sign_against_a_job() {
    let mut bench = Bench::start("in-order");
    bench.engine.hold();
    bench.client().create("long", b"m", b"long", "std");
    for _ in 0..4 {
        bench.engine.wait_until_held();
        bench.restart();
    }
    bench.engine.release();
    bench.finish("long");
}

#[cfg(unix)]
#[test]
fn only_the_owner_looks_into_the_data_folder() {
    use std::os::unix::fs::PermissionsExt;
    let bench = Bench::start("owner");
    for folder in [bench.data().to_owned(), bench.data().join("jobs")] {
        let mode = std::fs::metadata(&folder).expect("a folder").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}", folder.display());
    }
}

#[test]
fn strangers_files_in_the_data_folder_are_left_alone() {
    let mut bench = Bench::start("strangers");
    let file = bench.data().join("jobs").join(".DS_Store");
    std::fs::write(&file, b"x").expect("a file");
    bench.restart();
    assert!(file.exists());
}

#[test]
fn an_answer_to_head_has_no_body_and_other_methods_hear_which_there_are() {
    let bench = Bench::start("head");
    let mut client = bench.client();
    client.send(b"HEAD /healthz HTTP/1.1\r\nHost: x\r\n\r\nPUT /v1/jobs/j HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    let text = client.rest();
    let answers: Vec<&str> = text.split("HTTP/1.1 ").skip(1).collect();
    assert!(answers.len() == 2 && answers[0].starts_with("405 ") && answers[0].ends_with("\r\n\r\n"), "{text}");
    assert!(answers[1].starts_with("405 ") && answers[1].contains("\r\nAllow: GET, DELETE\r\n"), "{text}");
}

#[test]
fn failures_are_told_and_cost_nothing_but_their_job() {
    let bench = Bench::start("failures");
    let mut client = bench.client();
    for (id, input, expected) in [
        ("r", "refuse", r#""kind":"refused","code":"unprovable""#),
        ("f", "fail", r#""kind":"failed","code":"memory""#),
        ("p", "panic", r#""kind":"failed","code":"internal""#),
    ] {
        client.create(id, b"m", input.as_bytes(), "std");
        client.until(&format!("/v1/jobs/{id}"), expected);
    }
    client.create("good", b"m", b"good", "std");
    bench.finish("good");
}

#[test]
fn images_are_made_once_and_refusals_are_answers() {
    let bench = Bench::start("images");
    let mut client = bench.client();
    for _ in 0..2 {
        let (status, body) = client.post("/v1/images", r#"{"module":"bW9kdWxl"}"#);
        assert_eq!((status, body), (200, format!(r#"{{"imageId":"{}","image":"aW1hZ2Ugb2YgbW9kdWxl"}}"#, "07".repeat(32))));
    }
    assert_eq!(bench.engine.imaged(), 1);
    let (status, body) = client.post("/v1/images", r#"{"module":"cmVmdXNl"}"#);
    assert_eq!((status, error(&body).as_str()), (422, "unprovable"));
    assert_eq!(EngineFailure::Refused.word(), "refused");
}

#[test]
fn wrong_requests_are_refused_by_name() {
    let bench = Bench::start("wrong");
    let mut client = bench.client();
    for (body, code) in [
        ("", "bad-json"),
        ("[]", "bad-json"),
        (r#"{"id":"j","module":"bQ==","input":"","set":"best"}"#, "bad-member"),
        (r#"{"id":"../j","module":"bQ==","input":"","set":"std"}"#, "bad-member"),
        (r#"{"id":"j","module":"bQ=","input":"","set":"std"}"#, "bad-member"),
        (r#"{"id":"j","module":"bQ==","set":"std"}"#, "bad-member"),
        (r#"{"id":"j","module":"bQ==","input":"","set":"std","threads":"9"}"#, "bad-member"),
    ] {
        let (status, answer) = client.post("/v1/jobs", body);
        assert_eq!((status, error(&answer).as_str()), (400, code), "{body}");
    }
    assert_eq!(client.get("/v1/jobs/..%2f").0, 404);
    assert_eq!(client.get("/v2").0, 404);
    assert_eq!(client.get("/v1/jobs").0, 405);
    assert_eq!(client.post("/healthz", "{}").0, 405);
}

#[test]
fn without_the_token_only_the_health_is_told() {
    let token = "a-token-of-the-test";
    let bench = Bench::start_with("token", |config| config.token = Some(Token::new(token).expect("a token")));
    assert_eq!(bench.client().get("/healthz").0, 200);
    assert_eq!(bench.client().get("/metrics").0, 401);
    assert_eq!(bench.client().create("j", b"m", b"i", "std").0, 401);
    assert_eq!(bench.client().with_token("another-token-of-it").get("/v1/jobs/j").0, 401);
    assert_eq!(bench.client().with_token(token).create("j", b"m", b"i", "std").0, 201);
}

#[test]
fn an_open_address_needs_a_token() {
    let mut config = Config::new(std::env::temp_dir().join("loom-service-open"));
    config.listen = "0.0.0.0:0".parse().expect("an address");
    assert!(matches!(Service::start(config, support::TestEngine::new()), Err(ServiceError::TokenNeeded(_))));
}

#[test]
fn connections_bodies_and_jobs_are_bounded() {
    let bench = Bench::start_with("bounds", |config| {
        config.connections = 2;
        config.body_bytes = 100;
        config.jobs = 1;
    });
    let mut slow = bench.client();
    slow.send(b"GET /healthz HT");
    let mut idle = bench.client();
    assert_eq!(idle.get("/healthz").0, 200);
    assert_eq!(bench.client().answer().0, 503); // a third connection
    slow.send(b"TP/1.1\r\nHost: x\r\n\r\n");
    assert_eq!(slow.answer().0, 200);
    let (status, body) = slow.post("/v1/jobs", &"x".repeat(101));
    assert_eq!((status, error(&body).as_str()), (413, "body-too-large"));
    drop(slow);
    bench.with_room(|client| assert_eq!(client.create("one", b"m", b"i", "std").0, 201));
    bench.with_room(|client| {
        let (status, body) = client.create("two", b"m", b"i", "std");
        assert_eq!((status, error(&body).as_str()), (503, "full"));
    });
}

#[test]
fn a_head_that_does_not_come_in_time_is_refused() {
    let bench = Bench::start_with("head-time", |config| config.head_time = Duration::from_millis(300));
    let refused = (0..1000).any(|_| {
        let mut slow = bench.client();
        slow.send(b"GET /healthz HT");
        let status = slow.answer().0;
        assert!([0, 408].contains(&status), "{status}"); // 0: the time was over before a byte had come, on a machine with much else to do
        status == 408
    });
    assert!(refused);
}

#[test]
fn all_bodies_together_are_bounded() {
    let bench = Bench::start_with("bodies", |config| config.bodies_bytes = 250);
    let mut slow = bench.client();
    slow.send(b"POST /v1/jobs HTTP/1.1\r\nHost: x\r\nContent-Length: 200\r\nExpect: 100-continue\r\n\r\n");
    assert_eq!(slow.answer().0, 100); // from here on it takes its room
    let (status, body) = bench.client().post("/v1/jobs", &"x".repeat(100));
    assert_eq!((status, error(&body).as_str()), (503, "busy"));
    assert_eq!(bench.client().post("/v1/jobs", &"x".repeat(50)).0, 400);
    slow.send(&[b'x'; 200]);
    assert_eq!(slow.answer().0, 400);
    assert_eq!(bench.client().post("/v1/jobs", &"x".repeat(100)).0, 400);
}

#[test]
fn old_results_are_thrown_away() {
    let bench = Bench::start_with("old", |config| config.keep = Duration::ZERO);
    let mut client = bench.client();
    client.create("a", b"m", b"i", "std");
    client.create("b", b"m", b"i", "std");
    client.until_gone("/v1/jobs/a");
    client.until_gone("/v1/jobs/b");
}

#[test]
fn old_results_are_thrown_away_although_nothing_else_happens() {
    let bench = Bench::start_with("idle", |config| {
        config.keep = Duration::from_millis(200);
        config.look = Duration::from_millis(10);
    });
    let mut client = bench.client();
    client.create("a", b"m", b"i", "std");
    client.until_gone("/v1/jobs/a");
    assert_eq!(bench.engine.proven(), ["i"]);
}

#[test]
fn random_bytes_never_end_the_service() {
    let seeds = Seeds::new("random_bytes_never_end_the_service");
    let mut random = seeds.random(0);
    let bench = Bench::start_with("random", |config| config.head_time = Duration::from_millis(200));
    let good =
        b"POST /v1/jobs HTTP/1.1\r\nHost: x\r\nContent-Length: 40\r\n\r\n{\"id\":\"j\",\"module\":\"\",\"input\":\"\",\"set\":\"std\"}";
    for _ in 0..tier_count(200, 20_000) {
        let mut bytes = good.to_vec();
        for _ in 0..=random.next() % 4 {
            let at = usize::try_from(random.next()).unwrap_or(0) % bytes.len();
            match random.next() % 3 {
                0 => bytes[at] = (random.next() & 0xff) as u8,
                1 => bytes.truncate(at.max(1)),
                _ => bytes.extend_from_slice(&good[..at % good.len()]),
            }
        }
        let mut client: Client = bench.client();
        client.send(&bytes);
        client.finish();
    }
    bench.with_room(|_| ());
}
