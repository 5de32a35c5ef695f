use crate::world::{ADA, Started, World};
use domain::failure::FailureKind;
use simulators::oidc::{Lie, Model, Signing};

#[tokio::test]
async fn a_token_that_is_not_for_this_sign_in_is_not_believed_and_the_reason_is_plain() {
    let time = "its time is over or has not come; compare the clocks of both machines";
    let method = "it is signed in another way than RS256 or ES256";
    let unpublished = "it is signed with a key that the provider does not publish";
    let table = [
        (Lie::WrongNonce, "it belongs to another sign-in"),
        (Lie::NoNonce, "it belongs to another sign-in"),
        (Lie::Expired, time),
        (Lie::FromTheFuture, time),
        (Lie::WrongAudience, "it was made for another program"),
        (Lie::SecondAudience, "it was made for another program"),
        (Lie::OtherIssuer, "it comes from another issuer"),
        (Lie::Unsigned, "it is not signed"),
        (Lie::SharedSecret, method),
        (Lie::UnknownKey, unpublished),
        (Lie::Forged, "its signature is wrong"),
    ];
    for signing in [Signing::Es256, Signing::Rs256] {
        let mut model = Model::sample();
        model.signing = signing;
        let world = World::of(model, |_| ()).await;
        for (lie, why) in table {
            world.provider.with(|model| model.lie = Some(lie));
            let failure = world.sign_in(ADA).await.unwrap_err();
            assert_eq!(failure.kind, FailureKind::Malformed, "{lie:?}: {failure}");
            let expected = format!("POST token: the identity token cannot be trusted: {why}");
            assert_eq!(failure.what, expected, "{lie:?}");
            world.provider.with(|model| model.lie = None);
            assert!(world.sign_in(ADA).await.is_ok(), "after {lie:?}");
        }
    }
}

#[tokio::test]
async fn a_token_that_says_too_little_is_not_guessed_at() {
    let world = World::sample().await;
    let table = [
        (Lie::Missing, "POST token: id_token is missing"),
        (Lie::OddGroups, "POST token: claim groups is no list of names"),
        (Lie::NoSubject, "POST token: claim sub is empty, too long, or holds what no text does"),
    ];
    for (lie, what) in table {
        world.provider.with(|model| model.lie = Some(lie));
        let failure = world.sign_in(ADA).await.unwrap_err();
        assert_eq!((failure.kind, failure.what.as_str()), (FailureKind::Malformed, what), "{lie:?}");
    }
}

#[tokio::test]
async fn a_token_is_good_up_to_its_last_second_and_not_after_it() {
    for (late, good) in [(299, true), (300, false)] {
        let world = World::sample().await;
        let started = Started::numbered(1);
        let (code, _) = world.browse(&started, ADA).await;
        // Only here, so that the token was issued that long ago.
        world.clock.advance(jiff::SignedDuration::from_secs(late));
        assert_eq!(world.exchange(&code, &started).await.is_ok(), good, "{late} s later");
    }
}
