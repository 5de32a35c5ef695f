use crate::open::Serving;
use crate::world::{World, run};
use serve::exit::Exit;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;

#[tokio::test(flavor = "multi_thread")]
async fn health_is_0_while_serve_answers_and_1_when_nobody_does() {
    let world = World::ready().await;
    let serving = Serving::open(&world).await;
    let (port, url) = (serving.address.port(), format!("http://{}", serving.address));
    let told = world.done(&["health", "--url", &url]).await.results();
    assert!(told.contains(&format!("{url}/health answers")), "{told}");
    for listen in [format!("0.0.0.0:{port}"), format!("127.0.0.1:{port}")] {
        let around = world.around_with(&[("BILLBRIDGE_LISTEN", &listen)]);
        assert_eq!(run(&["health"], around).await.0, Exit::Done, "{listen}");
    }
    assert_eq!(serving.close().await, Exit::Done);
    let (exit, captured) = world.line(&["health", "--url", &url]).await;
    assert_eq!(exit, Exit::Failed, "{}", captured.all());
    assert!(captured.notes().contains(&url) && captured.notes().contains('→'), "{}", captured.notes());
}

#[tokio::test(flavor = "multi_thread")]
async fn health_is_1_when_somebody_else_has_the_port() {
    let world = World::new().await;
    let (exit, captured) = world.line(&["health", "--url", world.hostbill.url()]).await;
    assert_eq!(exit, Exit::Failed, "{}", captured.all());

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let other = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 1024]).unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{\"status\":\"up\"}").unwrap();
    });
    let (exit, captured) = world.line(&["health", "--url", &url]).await;
    other.join().unwrap();
    assert_eq!(exit, Exit::Failed, "{}", captured.all());
    assert!(captured.notes().contains("somebody else"), "{}", captured.notes());
}

/// The time is paused: the wait for an answer is over as soon as there is nothing else to do.
#[tokio::test(start_paused = true)]
async fn health_is_1_when_whoever_has_the_port_never_answers() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let around = serve::surroundings::Surroundings::new(lambda_kit::env::Env::default());
    let (exit, captured) = run(&["health", "--url", &url], around).await;
    assert_eq!(exit, Exit::Failed, "{}", captured.all());
}

#[tokio::test]
async fn an_address_that_is_none_is_an_error_of_the_caller() {
    let world = World::new().await;
    assert_eq!(world.line(&["health", "--url", "over there"]).await.0, Exit::Usage);
    let around = world.around_with(&[("BILLBRIDGE_LISTEN", "over there")]);
    assert_eq!(run(&["health"], around).await.0, Exit::Usage);
}
