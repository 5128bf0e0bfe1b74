use crate::base64;
use crate::engine::{EngineError, EngineFailure, Work};
use crate::fields;
use crate::http::{Head, Response, error};
use crate::job::{JobId, State};
use crate::jobs::{Accepted, Jobs};
use json::{Object, hex};
use proto::ParameterSet;
use std::collections::BTreeMap;
use std::io;

/// Whether a request needs the token.
pub fn is_open(head: &Head) -> bool {
    head.path == "/healthz"
}

/// Answers a request.
pub fn answer(jobs: &Jobs, head: &Head, body: &[u8]) -> Response {
    let path: Vec<&str> = head.path[1..].split('/').collect();
    match (head.method.as_str(), path.as_slice()) {
        ("GET", ["healthz"]) => health(jobs),
        ("GET", ["metrics"]) => {
            Response { content_type: "text/plain; version=0.0.4", ..Response::bytes(jobs.metrics.text(&jobs.figures()).into_bytes()) }
        }
        ("POST", ["v1", "images"]) => image(jobs, body),
        ("POST", ["v1", "jobs"]) => create(jobs, body),
        ("GET", ["v1", "jobs", id]) => with_id(id, |id| progress(jobs, id)),
        ("GET", ["v1", "jobs", id, "receipt"]) => with_id(id, |id| receipt(jobs, id)),
        ("DELETE", ["v1", "jobs", id]) => with_id(id, |id| jobs.delete(id).map_or_else(|e| disk(&e), |()| Response::empty())),
        (_, ["healthz" | "metrics"] | ["v1", "jobs", _, "receipt"]) => other_method(head, "GET"),
        (_, ["v1", "images" | "jobs"]) => other_method(head, "POST"),
        (_, ["v1", "jobs", _]) => other_method(head, "GET, DELETE"),
        _ => error(404, "unknown-path", "there are /v1/images, /v1/jobs, /v1/jobs/ID, /v1/jobs/ID/receipt, /healthz and /metrics"),
    }
}

fn other_method(head: &Head, allow: &'static str) -> Response {
    Response { allow, ..error(405, "method", &format!("this path takes {allow}, not {}", head.method)) }
}

fn health(jobs: &Jobs) -> Response {
    let figures = jobs.figures();
    let (status, word) = if jobs.stopping() { (503, "stopping") } else { (200, "ok") };
    Response::json(
        status,
        Object::new()
            .text("status", word)
            .text("version", env!("CARGO_PKG_VERSION"))
            .number("queued", figures.queued)
            .number("running", figures.running),
    )
}

fn image(jobs: &Jobs, body: &[u8]) -> Response {
    let made = members(body, &["module"]).and_then(|mut members| {
        let module = bytes(&mut members, "module")?;
        jobs.image(&module).map_err(|e| engine(&e))
    });
    match made {
        Ok(image) => Response::json(200, Object::new().text("imageId", &hex(&image.id)).text("image", &base64::encode(&image.bytes))),
        Err(answer) => answer,
    }
}

fn create(jobs: &Jobs, body: &[u8]) -> Response {
    let parsed = members(body, &["id", "input", "module", "set"]).and_then(|mut members| {
        let id = members
            .remove("id")
            .and_then(|id| JobId::parse(&id))
            .ok_or_else(|| wrong("id", "1 to 200 characters of A-Z a-z 0-9 . _ -, the first a letter or digit"))?;
        let set = members.remove("set").filter(|set| ParameterSet::by_name(set).is_some());
        let set = set.ok_or_else(|| wrong("set", &format!("one of {}", ParameterSet::ALL.map(|set| set.name).join(", "))))?;
        Ok((id, Work { module: bytes(&mut members, "module")?, input: bytes(&mut members, "input")?, set }))
    });
    let (id, work) = match parsed {
        Ok(parsed) => parsed,
        Err(answer) => return answer,
    };
    match jobs.add(&id, &work) {
        Ok(Accepted::New) => Response::json(201, Object::new().text("id", id.as_str())),
        Ok(Accepted::Known) => Response::json(200, Object::new().text("id", id.as_str())),
        Ok(Accepted::Differs) => error(409, "id-taken", "a job of this id has another module, input or parameter set; choose another id"),
        Ok(Accepted::Full) => error(503, "full", "no more jobs are kept; fetch and delete some that are done"),
        Err(e) => disk(&e),
    }
}

fn progress(jobs: &Jobs, id: &JobId) -> Response {
    let Some(view) = jobs.view(id) else { return unknown() };
    let mut about = Object::new().text("id", id.as_str()).text("state", view.state.word());
    if view.state == State::Running {
        about = about.text("phase", view.step.phase).number("done", view.step.done).number("total", view.step.total);
        if let Some(millionths) = view.step.millionths {
            about = about.number("fraction", f64::from(millionths) / 1e6);
        }
        if let Some(remaining) = view.remaining {
            about = about.number("remainingSeconds", remaining.as_secs());
        }
    }
    if let State::Failed(failure) = &view.state {
        about =
            about.object("error", Object::new().text("kind", failure.kind()).text("code", &failure.code).text("message", &failure.message));
    }
    Response::json(200, about)
}

fn receipt(jobs: &Jobs, id: &JobId) -> Response {
    match jobs.view(id).map(|view| view.state) {
        None => unknown(),
        Some(State::Done) => jobs.receipt(id).map_or_else(|e| disk(&e), Response::bytes),
        Some(state) => error(409, "not-done", &format!("the job is {}", state.word())),
    }
}

fn with_id(text: &str, answer: impl FnOnce(&JobId) -> Response) -> Response {
    JobId::parse(text).map_or_else(unknown, |id| answer(&id))
}

fn members(body: &[u8], names: &[&str]) -> Result<BTreeMap<String, String>, Response> {
    let members = fields::parse(body).map_err(|message| error(400, "bad-json", &message))?;
    match members.keys().find(|name| !names.contains(&name.as_str())) {
        Some(other) => Err(error(400, "bad-member", &format!("{other:?} is no member here; there are {}", names.join(", ")))),
        None => Ok(members),
    }
}

fn bytes(members: &mut BTreeMap<String, String>, name: &str) -> Result<Vec<u8>, Response> {
    members.remove(name).and_then(|text| base64::decode(&text)).ok_or_else(|| wrong(name, "bytes in base64"))
}

fn wrong(name: &str, expected: &str) -> Response {
    error(400, "bad-member", &format!("{name:?} is missing or is not {expected}"))
}

fn engine(e: &EngineError) -> Response {
    error(if e.failure == EngineFailure::Refused { 422 } else { 500 }, &e.code, &e.message)
}

fn disk(e: &io::Error) -> Response {
    error(503, "disk", &format!("the data folder cannot be used: {e}"))
}

fn unknown() -> Response {
    error(404, "unknown-job", "there is no job of this id")
}
