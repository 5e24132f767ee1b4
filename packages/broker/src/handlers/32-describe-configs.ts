// DescribeConfigs (32): the configurations of topics, brokers and groups, where each value comes from, and what it means.
import { CONFIG_SOURCE_CODES, CONFIG_TYPE_CODES, type ConfigDescription, describeConfigs as describe } from "@moldau/metadata";
import { DescribeConfigs, type ErrorName, errors } from "@moldau/protocol";
import { configResource, repetitionProblem } from "../configs/resources.js";
import { handler } from "../handler.js";

export const describeConfigs = handler(DescribeConfigs, (request, { services }) => {
  const { includeSynonyms, includeDocumentation } = request;
  const repetition = repetitionProblem(request.resources);
  const results = request.resources.map((asked) => {
    const { resourceType, resourceName, configurationKeys } = asked;
    const wire = { resourceType, resourceName };
    const refuse = (error: ErrorName, errorMessage: string) => ({ ...wire, errorCode: errors[error].code, errorMessage, configs: [] });
    // Kafka describes it as often; a broker's configs are a thousand times as large as its name, so that could be without bound.
    const repeated = repetition(asked);
    if (repeated !== undefined) return refuse("INVALID_REQUEST", repeated);
    const resource = configResource(wire);
    if ("error" in resource) return refuse(resource.error, resource.message);
    const names = configurationKeys?.length === 0 ? null : configurationKeys;
    const outcome = describe(services.metadata.image, services.local, resource, { names, includeSynonyms, includeDocumentation });
    if ("problem" in outcome) return refuse(outcome.problem.error, outcome.problem.message);
    return { ...wire, errorCode: errors.NONE.code, errorMessage: null, configs: outcome.configs.map(described) };
  });
  return { throttleTimeMs: 0, results };
});

function described({ name, value, source, readOnly, sensitive, type, synonyms, documentation }: ConfigDescription) {
  return {
    name,
    value,
    readOnly,
    configSource: CONFIG_SOURCE_CODES[source],
    isSensitive: sensitive,
    synonyms: synonyms.map((synonym) => ({ name: synonym.name, value: synonym.value, source: CONFIG_SOURCE_CODES[synonym.source] })),
    configType: CONFIG_TYPE_CODES[type],
    documentation,
  };
}
