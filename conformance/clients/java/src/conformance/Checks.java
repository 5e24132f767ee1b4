package conformance;

import java.io.PrintStream;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs checks in turn, prints a line for each, and lets none of them wait for ever. */
final class Checks {
  /** What a check does; it fails by throwing. */
  interface Body {
    void run() throws Exception;
  }

  private static final long BOUND_SECONDS = 60;
  private static final PrintStream OUT = System.out;
  private static final ExecutorService RUNNER =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task);
            thread.setDaemon(true);
            return thread;
          });

  private Checks() {}

  static void check(String name, Body body) {
    try {
      RUNNER.submit(() -> {
            body.run();
            return null;
          })
          .get(BOUND_SECONDS, TimeUnit.SECONDS);
      say("ok " + name);
    } catch (TimeoutException late) {
      say("not ok " + name + ": still waiting after " + BOUND_SECONDS + " s");
    } catch (ExecutionException failure) {
      failure.getCause().printStackTrace();
      say("not ok " + name + ": " + oneLine(failure.getCause()));
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }

  static void say(String line) {
    OUT.println(line);
    OUT.flush();
  }

  static void equal(String what, Object expected, Object actual) {
    if (!Objects.equals(expected, actual)) {
      throw new AssertionError(what + ": expected " + expected + ", got " + actual);
    }
  }

  static void holds(String what, boolean condition) {
    if (!condition) throw new AssertionError(what);
  }

  /** The body fails with exactly this class: subclasses say something else to the caller. */
  static Throwable fails(Class<? extends Throwable> expected, Body body) {
    try {
      body.run();
    } catch (Throwable failure) {
      Throwable cause = failure;
      while (cause instanceof ExecutionException || cause instanceof CompletionException) cause = cause.getCause();
      if (cause.getClass() == expected) return cause;
      throw new AssertionError("expected " + expected.getSimpleName() + ", got " + oneLine(cause), failure);
    }
    throw new AssertionError("expected " + expected.getSimpleName() + ", but it succeeded");
  }

  private static String oneLine(Throwable failure) {
    return failure.toString().replaceAll("\\s+", " ");
  }
}
