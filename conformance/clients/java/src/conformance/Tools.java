package conformance;

import static conformance.Checks.holds;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.utils.Exit;

/** Runs a command-line tool inside this JVM, and gives what it prints. */
final class Tools {
  /** A tool's main. */
  interface Tool {
    void main(String[] arguments) throws Exception;
  }

  /** Stands for the end of the process that a tool asks for. */
  private static final class Ended extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private static Integer firstCode;

  static {
    Exit.setExitProcedure((code, message) -> end(code));
    Exit.setHaltProcedure((code, message) -> end(code));
  }

  private Tools() {}

  /** The first code counts: some tools catch what ends them, and end once more. */
  private static void end(int code) {
    if (firstCode == null) firstCode = code;
    throw new Ended();
  }

  static String tool(Tool tool, String... arguments) throws Exception {
    return tool(tool, InputStream.nullInputStream(), arguments);
  }

  static String tool(Tool tool, InputStream input, String... arguments) throws Exception {
    PrintStream out = System.out;
    PrintStream errors = System.err;
    ByteArrayOutputStream captured = new ByteArrayOutputStream();
    PrintStream capture = new PrintStream(captured, true, StandardCharsets.UTF_8);
    System.setOut(capture);
    System.setErr(capture);
    System.setIn(input);
    firstCode = null;
    try {
      scala.Console.withOut(capture, () -> {
        try {
          tool.main(arguments);
        } catch (Ended ended) {
          throw ended;
        } catch (Exception failure) {
          throw new IllegalStateException(failure);
        }
        return null;
      });
    } catch (Ended ended) {
      // firstCode says how
    } finally {
      System.setOut(out);
      System.setErr(errors);
    }
    String text = captured.toString(StandardCharsets.UTF_8);
    if (firstCode != null && firstCode != 0) throw new AssertionError("exit " + firstCode + ": " + text);
    return text;
  }

  static void contains(String text, String... parts) {
    for (String part : parts) holds("\"" + part + "\" in: " + text, text.contains(part));
  }

  static String[] with(String[] first, String... rest) {
    String[] all = java.util.Arrays.copyOf(first, first.length + rest.length);
    System.arraycopy(rest, 0, all, first.length, rest.length);
    return all;
  }
}
