//! Consumer groups, in both protocols.

use rdkafka::consumer::{CommitMode, Consumer};

use crate::cases::Case;
use crate::checks::{check, equal, Outcome};
use crate::session::{assigned, member, poll_until, send, topic_name, BOUND};
use crate::{admin, valued};

fn numbered(partitions: i32, each: i32) -> Vec<(i32, Case)> {
    (0..each * partitions).map(|index| (index % partitions, valued(index.to_string().into_bytes()))).collect()
}

fn shares(protocol: &str) -> Outcome {
    let topic = topic_name(&format!("shares-{protocol}"));
    admin::ready(&topic, 4)?;
    let (first, second) = (member(&topic, &topic, protocol)?, member(&topic, &topic, protocol)?);
    poll_until(&[&first, &second], "two members share", |_| assigned(&first) == 2 && assigned(&second) == 2)?;
    send(&topic, &numbered(4, 3), &[]).map_err(|code| format!("{code:?}"))?;
    let read = poll_until(&[&first, &second], "all is read", |offsets| offsets.len() >= 12)?;
    drop(second);
    poll_until(&[&first], "the one that is left has all", |_| assigned(&first) == 4)?;
    equal("records", read.len(), 12)
}

fn resumes(protocol: &str) -> Outcome {
    let topic = topic_name(&format!("resumes-{protocol}"));
    admin::ready(&topic, 1)?;
    for round in 0..3 {
        send(&topic, &numbered(1, 5), &[]).map_err(|code| format!("{code:?}"))?;
        let one = member(&topic, &topic, protocol)?;
        let read = poll_until(&[&one], "five records", |offsets| offsets.len() >= 5)?;
        equal("the first", read[0], 5 * round)?;
        one.commit_consumer_state(CommitMode::Sync).map_err(|error| error.to_string())?;
        let committed = one.committed(BOUND).map_err(|error| error.to_string())?;
        equal("committed", committed.elements()[0].offset(), rdkafka::Offset::Offset(5 * (round + 1)))?;
    }
    Ok(())
}

pub fn run() {
    for protocol in ["classic", "consumer"] {
        check(&format!("{protocol}: members share"), move || shares(protocol));
        check(&format!("{protocol}: a member goes on where the last one committed"), move || resumes(protocol));
    }
}
