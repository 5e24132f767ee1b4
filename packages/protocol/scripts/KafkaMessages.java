// Kafka's own encoder, as an oracle: reads lines "message version json", writes a line of hex for each.
// Run with Kafka's jars on the class path: java -cp "libs/*" KafkaMessages.java

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.MessageUtil;

public class KafkaMessages {
  private static final List<String> PACKAGES = List.of(
      "org.apache.kafka.common.message.",
      "org.apache.kafka.coordinator.group.generated.",
      "org.apache.kafka.coordinator.share.generated.",
      "org.apache.kafka.coordinator.transaction.generated.");

  public static void main(String[] args) throws Exception {
    ObjectMapper mapper = new ObjectMapper();
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    for (String line; (line = in.readLine()) != null; ) {
      String[] parts = line.split(" ", 3);
      short version = Short.parseShort(parts[1]);
      Class<?> converter = converterOf(parts[0]);
      Message message = (Message) converter.getMethod("read", JsonNode.class, short.class).invoke(null, mapper.readTree(parts[2]), version);
      ByteBuffer bytes = MessageUtil.toByteBufferAccessor(message, version).buffer();
      byte[] content = new byte[bytes.remaining()];
      bytes.get(content);
      out.println(HexFormat.of().formatHex(content));
    }
    out.flush();
  }

  private static Class<?> converterOf(String name) throws ClassNotFoundException {
    for (String suffix : List.of("DataJsonConverter", "JsonConverter")) {
      for (String prefix : PACKAGES) {
        try {
          return Class.forName(prefix + name + suffix);
        } catch (ClassNotFoundException ignored) {
          // It is in one of the other packages.
        }
      }
    }
    throw new ClassNotFoundException(name);
  }
}
