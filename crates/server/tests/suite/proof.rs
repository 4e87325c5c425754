//! What the server signs, and over what: nobody without a key gets a text of his choosing signed, and
//! tills of the first form are answered where they are known.

use mostrador_protocol::enrolment::proof;
use mostrador_protocol::message::{EnrolReply, EnrolRequest, PROTOCOL};
use mostrador_protocol::signature::{
    PublicKey, SIGNATURE_HEADER, SecretKey, Signed as _, SignedEnrolment, Standing,
    TERMINAL_HEADER, TIME_HEADER, first,
};
use mostrador_server::{Mint, enrol_code};

use crate::client::{Answer, Client};
use crate::contract::scribe::TENANT;
use crate::http::start;

const TARGET: &str = "/v1/pull?cursor=0";

/// A till of the first form asks, or somebody who says so; the answer with its signature of that form
/// and of the later one.
async fn ask_in_first_form(
    client: &Client,
    terminal: &str,
    signature: &str,
) -> (Answer, [Option<String>; 2]) {
    let request = reqwest::Client::new()
        .get(format!("{}{TARGET}", client.url))
        .header(TERMINAL_HEADER, terminal)
        .header(TIME_HEADER, client.time_ms.to_string())
        .header(first::SIGNATURE_HEADER, signature);
    heard(request.send().await.unwrap()).await
}

async fn heard(reply: reqwest::Response) -> (Answer, [Option<String>; 2]) {
    let header = |name: &str| Some(reply.headers().get(name)?.to_str().ok()?.to_owned());
    let signatures = [header(first::SIGNATURE_HEADER), header(SIGNATURE_HEADER)];
    let status = reply.status().as_u16();
    let body = reply.bytes().await.unwrap().to_vec();
    (Answer { status, body }, signatures)
}

fn first_signature(client: &Client) -> String {
    let request = first::SignedRequest {
        method: "GET",
        target: TARGET,
        time_ms: client.time_ms,
        body: b"",
    };
    request.sign(&client.key)
}

#[tokio::test]
async fn a_till_of_the_first_form_is_answered_in_it() {
    let (server, _folder) = start().await;
    let client = Client::enrol(&server).await;
    let signature = first_signature(&client);
    let terminal = client.terminal.to_string();
    let (answer, [of_first, of_second]) = ask_in_first_form(&client, &terminal, &signature).await;
    assert_eq!((answer.status, of_second), (200, None));
    let reply = first::SignedReply {
        request_signature: &signature,
        status: answer.status,
        body: &answer.body,
    };
    reply
        .verify(&client.server_key, &of_first.unwrap())
        .unwrap();
    server.stop().await.unwrap();
}

/// The request of a till is overheard; somebody without a key wants a refusal signed over its signature.
#[tokio::test]
async fn nothing_is_signed_in_the_first_form_for_who_is_not_known() {
    let (server, _folder) = start().await;
    let client = Client::enrol(&server).await;
    let overheard = first_signature(&client);
    let nobody = "00000000-0000-0000-0000-000000000404";
    let own = client.terminal.to_string();
    for (terminal, text) in [
        (nobody, overheard.as_str()),
        ("no terminal", overheard.as_str()),
        (own.as_str(), "a text of my choice"),
        (own.as_str(), "AAAA"),
    ] {
        let (answer, signatures) = ask_in_first_form(&client, terminal, text).await;
        assert_eq!((answer.status, signatures), (401, [None, None]), "{text}");
    }
    // Nor does an enrolment sign over a code that the owner did not make.
    for protocol in [1, 2] {
        let request = EnrolRequest {
            code: overheard.clone(),
            public_key: client.key.public().to_hex(),
            protocol,
            proof: None,
        };
        let url = format!("{}/v1/enrol", client.url);
        let sent = reqwest::Client::new().post(url).json(&request).send().await;
        let (answer, [of_first, of_second]) = heard(sent.unwrap()).await;
        assert_eq!((answer.status, of_first), (403, None));
        assert_eq!(of_second.is_some(), protocol == 2);
        let Some(signature) = of_second else { continue };
        let sent = (("GET", TARGET, b"".as_slice()), overheard.as_str());
        assert_eq!(client.standing(sent, (&answer, &signature)), None);
    }
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_refusal_got_with_an_overheard_signature_says_whose_request_it_refuses() {
    let (server, _folder) = start().await;
    let client = Client::enrol(&server).await;
    let own = ("GET", TARGET, b"".as_slice());
    let signature = client.sign(own.0, own.1, own.2);
    // The thief sends the till's signature with another target, and as another terminal.
    let other = "/v1/pull?cursor=1";
    let (answer, of_other) = client.send_with("GET", other, (vec![], &signature)).await;
    assert_eq!(answer.failure(), (401, "signature_invalid".to_owned()));
    let passed_on = client.standing((own, &signature), (&answer, &of_other));
    assert_eq!(passed_on, None, "not an answer to the till");
    let truly = client.standing((("GET", other, b""), &signature), (&answer, &of_other));
    assert_eq!(truly, Some(Standing::Unverified));
    let mut as_another = client.clone();
    as_another.terminal = uuid::Uuid::from_u128(404);
    let heard = as_another
        .send_with(own.0, own.1, (vec![], &signature))
        .await;
    assert_eq!(heard.0.failure(), (401, "terminal_unknown".to_owned()));
    let passed_on = client.standing((own, &signature), (&heard.0, &heard.1));
    assert_eq!(passed_on, None, "not an answer to the till");
    // An answer of a moment ago is none to the next request.
    let (before, of_before) = client.send_with(own.0, own.1, (vec![], &signature)).await;
    let mut later = client.clone();
    later.time_ms += 1;
    let next = later.sign(own.0, own.1, own.2);
    assert_eq!(later.standing((own, &next), (&before, &of_before)), None);
    let known = client.standing((own, &signature), (&before, &of_before));
    assert_eq!(known, Some(Standing::Verified));
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_till_of_the_first_form_enrols() {
    let (server, _folder) = start().await;
    let place = (TENANT, "centro");
    let mint = Mint::system();
    let issued = enrol_code::issue(server.store(), &mint, place, "Caja vieja");
    let code = issued.await.unwrap();
    let request = EnrolRequest {
        code: code.clone(),
        public_key: SecretKey::from_bytes(&[5; 32]).public().to_hex(),
        protocol: 1,
        proof: None,
    };
    let url = format!("{}/v1/enrol", server.url());
    let sent = reqwest::Client::new().post(url).json(&request).send().await;
    let (answer, [of_first, of_second]) = heard(sent.unwrap()).await;
    let reply: EnrolReply = answer.read();
    let key = PublicKey::from_hex(&reply.server_public_key).unwrap();
    let signed = first::SignedReply {
        request_signature: &code,
        status: answer.status,
        body: &answer.body,
    };
    signed.verify(&key, &of_first.unwrap()).unwrap();
    assert_eq!(of_second, None);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_till_enrols_without_telling_the_code_and_who_listens_gets_nothing() {
    let (server, _folder) = start().await;
    let place = (TENANT, "centro");
    let mint = Mint::system();
    let issued = enrol_code::issue(server.store(), &mint, place, "Caja 1");
    let code = issued.await.unwrap();
    let hash = enrol_code::hash(&code);
    let key = |seed| SecretKey::from_bytes(&[seed; 32]).public().to_hex();
    let request = |public_key: &str, proof: String| EnrolRequest {
        code: String::new(),
        public_key: public_key.to_owned(),
        protocol: PROTOCOL,
        proof: Some(proof),
    };
    let ask = async |request: &EnrolRequest| {
        let sent = serde_json::to_vec(request).unwrap();
        let http = reqwest::Client::new();
        let url = format!("{}/v1/enrol", server.url());
        let sending = http.post(url).body(sent.clone()).send().await;
        (sent, heard(sending.unwrap()).await)
    };

    let (own, thief) = (key(5), key(6));
    let overheard = proof(&hash, &own);
    for wrong in [
        request(&thief, overheard.clone()),
        request(&own, proof(&enrol_code::hash("MAL"), &own)),
        request(&own, String::new()),
    ] {
        let (_, (answer, signatures)) = ask(&wrong).await;
        assert_eq!(answer.failure(), (403, "enrol_code_invalid".to_owned()));
        assert_eq!(signatures, [None, None]);
    }

    let asked = request(&own, overheard);
    let mut terminals = Vec::new();
    for _ in 0..2 {
        let (sent, (answer, [of_first, of_second])) = ask(&asked).await;
        assert!(!String::from_utf8(sent.clone()).unwrap().contains(&code));
        assert_eq!(of_first, None);
        let reply: EnrolReply = answer.read();
        let server_key = PublicKey::from_hex(&reply.server_public_key).unwrap();
        let signed = |code| SignedEnrolment {
            code,
            request: &sent,
            status: answer.status,
            body: &answer.body,
        };
        let signature = of_second.unwrap();
        signed(hash.as_str())
            .verify(&server_key, &signature)
            .unwrap();
        assert!(signed("").verify(&server_key, &signature).is_err());
        terminals.push(reply.terminal_id);
    }
    assert_eq!(
        terminals[0], terminals[1],
        "a lost answer is asked for again"
    );
    server.stop().await.unwrap();
}
