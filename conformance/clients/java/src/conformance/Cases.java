package conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** The records of cases.json. */
final class Cases {
  record Header(String key, byte[] value) {}

  record Case(String name, byte[] key, byte[] value, List<Header> headers, Long timestampMs) {}

  /** A topic that another suite filled with the cases. */
  record Written(String from, String codec, String topic, List<String> without) {}

  final List<String> codecs = new ArrayList<>();
  final List<Case> records = new ArrayList<>();
  final byte[] largestValue;
  final byte[] tooLargeValue;
  final int partitions;
  final int recordsPerPartition;

  private Cases(JsonNode root) {
    root.get("codecs").forEach(codec -> codecs.add(codec.asText()));
    root.get("records").forEach(record -> records.add(parse(record)));
    largestValue = bytes(root.get("largestValue"));
    tooLargeValue = bytes(root.get("tooLargeValue"));
    partitions = root.get("partitions").asInt();
    recordsPerPartition = root.get("recordsPerPartition").asInt();
  }

  static Cases read(Path file) throws Exception {
    return new Cases(new ObjectMapper().readTree(Files.readAllBytes(file)));
  }

  static List<Written> written(String json) throws Exception {
    List<Written> topics = new ArrayList<>();
    for (JsonNode node : new ObjectMapper().readTree(json)) {
      List<String> without = new ArrayList<>();
      node.get("without").forEach(name -> without.add(name.asText()));
      topics.add(new Written(node.get("from").asText(), node.get("codec").asText(), node.get("topic").asText(), without));
    }
    return topics;
  }

  List<Case> without(List<String> names) {
    return records.stream().filter(record -> !names.contains(record.name())).toList();
  }

  private static Case parse(JsonNode node) {
    List<Header> headers = new ArrayList<>();
    if (node.has("headers")) {
      node.get("headers").forEach(header -> headers.add(new Header(header.get(0).asText(), bytes(header.get(1)))));
    }
    Long timestampMs = node.has("timestampMs") ? node.get("timestampMs").asLong() : null;
    return new Case(node.get("name").asText(), bytes(node.get("key")), bytes(node.get("value")), headers, timestampMs);
  }

  private static byte[] bytes(JsonNode node) {
    if (node == null || node.isNull()) return null;
    if (node.has("text")) return node.get("text").asText().getBytes(StandardCharsets.UTF_8);
    if (node.has("hex")) return HexFormat.of().parseHex(node.get("hex").asText());
    byte[] result = new byte[node.get("bytes").asInt()];
    if (node.has("random")) {
      int state = node.get("random").asInt();
      for (int i = 0; i < result.length; i++) {
        state = state * 1664525 + 1013904223;
        result[i] = (byte) (state >>> 24);
      }
      return result;
    }
    byte[] unit = node.get("repeat").asText().getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < result.length; i++) result[i] = unit[i % unit.length];
    return result;
  }
}
