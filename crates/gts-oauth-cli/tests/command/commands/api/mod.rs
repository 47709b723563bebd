//! `gts-oauth api` with all its options.

mod pages;
mod requests;

use gts_oauth_fake::{Fault, RecordedRequest, Served};

use crate::support::custom_server;
use crate::support::shell::{Shell, served};

/// A shell with a login that has write access.
pub(crate) fn logged_in() -> (Shell, Served) {
    let (shell, served) = (Shell::new(), served());
    let alice = served.account("alice");
    let arguments = ["login", &served.origin(), "--scopes", "read,write"];
    let outcome = shell.talk(&arguments, |address| alice.visit(address).ok());
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    (shell, served)
}

/// Returns the request that a command sends.
fn sent(arguments: &[&str], input: &str) -> RecordedRequest {
    let (shell, served) = logged_in();
    let mut command = shell.command(&[&["api"], arguments].concat());
    shell.run_to(&mut command, input);
    served.requests().pop().expect("a request")
}

fn body(asked: &RecordedRequest) -> String {
    String::from_utf8(asked.body.clone()).expect("text")
}

#[test]
fn the_method_is_guessed_from_what_is_sent() {
    let path = "/api/v1/statuses";
    for (arguments, method) in [
        (&[path][..], "GET"),
        (&[path, "-f", "a=b"], "POST"),
        (&[path, "-F", "a=b"], "POST"),
        (&[path, "--input", "-"], "POST"),
        (&[path, "-X", "put", "-f", "a=b"], "PUT"),
        (&[path, "-X", "DELETE"], "DELETE"),
    ] {
        assert_eq!(sent(arguments, "{}").method, method, "{arguments:?}");
    }
}

#[test]
fn fields_stand_in_the_query_of_get_and_delete_and_in_the_form_of_others() {
    let path = "/api/v1/statuses?a=1";
    for method in ["GET", "DELETE", "HEAD"] {
        let asked = sent(&[path, "-X", method, "-f", "b=2 3", "-F", "c=&"], "");
        assert_eq!(asked.query, "a=1&b=2+3&c=%26", "{method}");
        assert_eq!(body(&asked), "");
    }
    let asked = sent(&[path, "-f", "b=2 3", "-F", "c=&", "-f", "d[]=x"], "");
    assert_eq!(asked.query, "a=1");
    assert_eq!(body(&asked), "b=2+3&d%5B%5D=x&c=%26");
    let kind = asked.header("content-type");
    assert_eq!(kind, Some("application/x-www-form-urlencoded"));
}

#[test]
fn a_field_may_be_what_is_in_a_file_or_on_standard_input() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("post.txt");
    std::fs::write(&file, "hello, wörld\n").expect("a file");
    let field = format!("status=@{}", file.display());
    let asked = sent(&["/api/v1/statuses", "-F", &field], "");
    assert_eq!(asked.field("status").as_deref(), Some("hello, wörld\n"));
    let asked = sent(&["/api/v1/statuses", "-F", "status=@-"], "from a pipe");
    assert_eq!(asked.field("status").as_deref(), Some("from a pipe"));
    // -f values are literal.
    let asked = sent(&["/api/v1/statuses", "-f", "status=@alice hello"], "");
    assert_eq!(asked.field("status").as_deref(), Some("@alice hello"));
}

#[test]
fn a_file_that_is_no_text_makes_a_multipart_form() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("a \"cat\".jpg");
    std::fs::write(&file, b"\xff\xd8\xff gts-oauth-boundary-000000000000").expect("a file");
    let field = format!("file=@{}", file.display());
    let asked = sent(&["/api/v1/media", "-f", "description=a cat", "-F", &field], "");
    assert_eq!(asked.method, "POST");
    let kind = "multipart/form-data; boundary=gts-oauth-boundary-000000000001";
    assert_eq!(asked.header("content-type"), Some(kind));
    let expected = b"--gts-oauth-boundary-000000000001\r\n\
        Content-Disposition: form-data; name=\"description\"\r\n\r\n\
        a cat\r\n\
        --gts-oauth-boundary-000000000001\r\n\
        Content-Disposition: form-data; name=\"file\"; filename=\"a %22cat%22.jpg\"\r\n\
        Content-Type: image/jpeg\r\n\r\n\
        \xff\xd8\xff gts-oauth-boundary-000000000000\r\n\
        --gts-oauth-boundary-000000000001--\r\n";
    assert_eq!(asked.body, expected);
}

#[test]
fn a_picture_made_of_text_is_a_file_all_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("logo.svg");
    std::fs::write(&file, "<svg/>").expect("a file");
    let field = format!("file=@{}", file.display());
    let body = body(&sent(&["/api/v1/media", "-F", &field], ""));
    assert!(body.contains("Content-Type: image/svg+xml\r\n\r\n<svg/>"), "{body}");
}

#[test]
fn a_text_whose_type_is_named_is_a_file_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("following.csv");
    std::fs::write(&file, "bob@example.org").expect("a file");
    let field = format!("data=@{};type=text/csv", file.display());
    let arguments = ["/api/v1/import", "-f", "type=following", "-F", &field];
    let body = body(&sent(&arguments, ""));
    let part = "name=\"data\"; filename=\"following.csv\"\r\n\
        Content-Type: text/csv\r\n\r\nbob@example.org\r\n";
    assert!(body.contains(part), "{body}");
    let (shell, _served) = logged_in();
    let field = format!("data=@{};type=nonsense", file.display());
    let outcome = shell.run(&["api", "/api/v1/import", "-F", &field]);
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.stderr.contains("is not a content type"), "{}", outcome.stderr);
}

#[test]
fn a_file_that_is_no_text_fits_into_no_query() {
    let (shell, served) = logged_in();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("cat.jpg");
    std::fs::write(&file, b"\xff").expect("a file");
    let before = served.requests().len();
    let field = format!("file=@{}", file.display());
    let outcome = shell.run(&["api", "/api/v1/x", "-X", "GET", "-F", &field]);
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.stderr.contains("cat.jpg"), "{}", outcome.stderr);
    assert_eq!(served.requests().len(), before);
}

#[test]
fn input_is_sent_as_it_is_as_json_unless_a_header_says_what_it_is() {
    let asked = sent(&["/api/v1/statuses", "--input", "-", "-f", "a=b"], "{\"status\": 1}");
    assert_eq!(body(&asked), "{\"status\": 1}");
    assert_eq!(asked.query, "a=b");
    assert_eq!(asked.header("content-type"), Some("application/json"));

    let header = "content-type: text/csv";
    let asked = sent(&["/api/v1/import", "--input", "-", "-H", header], "a,b");
    assert_eq!(asked.header("content-type"), Some("text/csv"));
    assert_eq!(body(&asked), "a,b");
}

#[test]
fn headers_are_added() {
    let header = "Idempotency-Key: one:two";
    let asked = sent(&["/api/v1/statuses", "-f", "status=x", "-H", header], "");
    assert_eq!(asked.header("idempotency-key"), Some("one:two"));
}

#[test]
fn with_include_the_head_of_the_answer_comes_first() {
    let (shell, _served) = logged_in();
    let outcome = shell.run(&["api", "/api/v1/notifications", "-i"]);
    let (head, body) = outcome.stdout.split_once("\n\n").expect("a head");
    assert!(head.starts_with("HTTP/1.1 200 OK\n"), "{head}");
    assert!(head.contains("content-type: application/json"), "{head}");
    assert_eq!(body, "[]");
}

#[test]
fn lost_connection_names_the_server() {
    let (shell, served) = logged_in();
    for arguments in [&["api", "/api/v1/x"][..], &["api", "/api/v1/x", "--paginate"]] {
        served.fail(Fault::Reset.at("/api/v1/x"));
        let outcome = shell.run(arguments);
        assert_eq!(outcome.code, Some(1));
        let expected = format!("no response from {}", served.origin().replace("http://", ""));
        assert!(outcome.stderr.contains(&expected), "{}", outcome.stderr);
    }
}

#[test]
fn html_page_goes_to_standard_error() {
    const PAGE: &str = "<!doctype html><title>Making sure you are not a bot!</title>";
    let (shell, served) = logged_in();
    for (status, arguments) in [
        (200, &["api", "/api/v1/statuses", "-f", "status=hello"][..]),
        (200, &["api", "/api/v1/notifications"]),
        (200, &["api", "/api/v1/notifications", "--paginate"]),
        (403, &["api", "/api/v1/notifications"]),
    ] {
        served.fail(Fault::response(status, &[("content-type", "text/html")], PAGE));
        let outcome = shell.run(arguments);
        assert_eq!(outcome.code, Some(1), "{arguments:?}");
        assert_eq!(outcome.stdout, "", "{arguments:?}");
        assert!(outcome.stderr.contains(PAGE), "{}", outcome.stderr);
        assert!(outcome.stderr.contains("with an HTML page"), "{}", outcome.stderr);
    }
    assert!(!shell.token().is_empty());
}

/// A POST whose response is lost might have been carried out.
#[test]
fn lost_response_of_a_post_is_to_be_checked() {
    let (shell, served) = logged_in();
    for fault in [Fault::LostResponse, Fault::CutOff, Fault::BadGateway] {
        served.fail(fault.clone().at("/api/v1/statuses"));
        let outcome = shell.run(&["api", "/api/v1/statuses", "-f", "status=hello"]);
        if fault == Fault::CutOff {
            // The status says that it was carried out; the body is printed as it is.
            assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
            continue;
        }
        assert_eq!(outcome.code, Some(1), "{fault:?}");
        assert!(outcome.stderr.contains("Check before you repeat it."), "{}", outcome.stderr);
        assert!(!outcome.stderr.to_lowercase().contains("try again"), "{}", outcome.stderr);
    }
}

#[test]
fn unexplained_403_suggests_no_scope() {
    let shell = Shell::new();
    let forbidden = |body: &str| {
        let length = body.len();
        format!("HTTP/1.1 403 Forbidden\r\nContent-Length: {length}\r\n\r\n{body}")
    };
    for body in ["{\"error\":\"no\"}", "<title>no</title>"] {
        let origin = custom_server::serve(move |_| forbidden(body));
        for more in [&[][..], &["--paginate"]] {
            let arguments = [&["api", "/api/v1/x"], more].concat();
            let outcome =
                shell.run_to(&mut custom_server::command(&shell, &origin, &arguments), "");
            assert_eq!(outcome.code, Some(1));
            assert!(!outcome.stderr.contains("scope"), "{}", outcome.stderr);
        }
    }
}

#[test]
fn path_that_is_not_of_the_api_names_the_one_that_is() {
    let (shell, _served) = logged_in();
    for (typed, meant) in [
        ("v1/timelines/home", "the path /api/v1/timelines/home?"),
        ("/timelines/home?limit=5", "the path '/api/v1/timelines/home?limit=5'?"),
        ("v2/media", "the path /api/v2/media?"),
        ("verify_credentials", "begin with /api/v1/, as in /api/v1/accounts/verify_credentials"),
        ("status=hello", "`-f status=hello` after the path"),
    ] {
        let outcome = shell.run(&["api", typed]);
        assert_eq!(outcome.code, Some(1), "{}", outcome.stderr);
        assert!(outcome.stderr.contains(meant), "{}", outcome.stderr);
    }
    let outcome = shell.run(&["api", "/api/v1/nothing"]);
    assert!(!outcome.stderr.contains("Did you mean"), "{}", outcome.stderr);
}

#[test]
fn file_that_is_sent_as_text_is_reported() {
    let (shell, _served) = logged_in();
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("cat.png"), "not text").expect("a file");
    let call = |value: &str| {
        let mut command = shell.command(&["api", "/api/v2/media", "-f", value]);
        shell.run_to(command.current_dir(folder.path()), "").stderr
    };
    let said = call("file=@cat.png");
    assert!(said.contains("file=@cat.png is sent as this text."), "{said}");
    assert!(said.contains("use -F."), "{said}");
    let mut command = shell.command(&["api", "/api/v2/media", "-F", "file=cat.png"]);
    let said = shell.run_to(command.current_dir(folder.path()), "").stderr;
    assert!(said.contains("To send the file, use -F file=@cat.png."), "{said}");
    // It mentions a user.
    let said = call("status=@alice");
    assert!(!said.contains("-F"), "{said}");
}
