//! Topics made by rdkafka's admin client, whose futures are waited for on this thread.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::config::ClientConfig;
use rdkafka::types::RDKafkaErrorCode;

use crate::cases::variable;
use crate::session::{await_ready, code_of, BOUND};

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

fn wait<F: Future>(future: F) -> F::Output {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return output;
        }
        thread::park_timeout(BOUND);
    }
}

fn admin() -> AdminClient<DefaultClientContext> {
    ClientConfig::new().set("bootstrap.servers", variable("BROKER")).create().expect("an admin client")
}

fn options() -> AdminOptions {
    AdminOptions::new().request_timeout(Some(BOUND))
}

pub fn create(topic: &str, partitions: i32) -> Result<(), RDKafkaErrorCode> {
    // old explicit timestamps must not fall to retention while they are being read
    let new = NewTopic::new(topic, partitions, TopicReplication::Fixed(1)).set("retention.ms", "-1");
    let results = wait(admin().create_topics(&[new], &options())).map_err(|error| code_of(&error))?;
    results.into_iter().try_for_each(|result| result.map(drop).map_err(|(_, code)| code))
}

pub fn delete(topic: &str) -> Result<(), RDKafkaErrorCode> {
    let results = wait(admin().delete_topics(&[topic], &options())).map_err(|error| code_of(&error))?;
    results.into_iter().try_for_each(|result| result.map(drop).map_err(|(_, code)| code))
}

/// A topic whose partitions answer.
pub fn ready(topic: &str, partitions: i32) -> Result<(), String> {
    create(topic, partitions).map_err(|code| format!("{code:?}"))?;
    await_ready(topic, partitions)
}
