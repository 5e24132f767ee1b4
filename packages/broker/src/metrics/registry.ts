// Metrics in Prometheus' text form (version 0.0.4): counters and histograms kept here, gauges asked for when someone looks.

export interface Counter {
  add(count: number): void;
}

export interface Histogram {
  /** `seconds`: what the buckets are in. */
  observe(seconds: number): void;
}

export type Labels = Readonly<Record<string, string>>;

export interface MetricsRegistry {
  counter(name: string, help: string, labels?: Labels): Counter;
  histogram(name: string, help: string, labels?: Labels): Histogram;
  /** `read` is called for each scrape. */
  gauge(name: string, help: string, read: () => number, labels?: Labels): void;
  /** A count kept elsewhere. */
  counted(name: string, help: string, read: () => number): void;
  text(): string;
}

/** Upper bounds in seconds: from a tenth of a millisecond, a durable write, to the longest polls. */
const BUCKETS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

interface Family {
  readonly kind: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly samples: (() => string[])[];
}

export function metricsRegistry(): MetricsRegistry {
  const families = new Map<string, Family>();

  const register = (name: string, kind: Family["kind"], help: string, sample: () => string[]) => {
    const family = families.get(name) ?? { kind, help, samples: [] };
    families.set(name, family);
    family.samples.push(sample);
  };

  return {
    counter(name, help, labels = {}) {
      let total = 0;
      register(name, "counter", help, () => [`${name}${braces(labels)} ${total}`]);
      return {
        add(count) {
          total += count;
        },
      };
    },
    histogram(name, help, labels = {}) {
      const counts = new Float64Array(BUCKETS.length + 1);
      let sum = 0;
      register(name, "histogram", help, () => histogramLines(name, labels, counts, sum));
      return {
        observe(seconds) {
          let bucket = 0;
          while (bucket < BUCKETS.length && seconds > (BUCKETS[bucket] as number)) bucket++;
          counts[bucket] = (counts[bucket] ?? 0) + 1;
          sum += seconds;
        },
      };
    },
    gauge: (name, help, read, labels = {}) => register(name, "gauge", help, () => [`${name}${braces(labels)} ${read()}`]),
    counted: (name, help, read) => register(name, "counter", help, () => [`${name} ${read()}`]),
    text() {
      const lines: string[] = [];
      for (const [name, { kind, help, samples }] of families) {
        lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${kind}`, ...samples.flatMap((sample) => sample()));
      }
      return `${lines.join("\n")}\n`;
    },
  };
}

function histogramLines(name: string, labels: Labels, counts: Float64Array, sum: number): string[] {
  const lines: string[] = [];
  let cumulative = 0;
  for (const [i, count] of counts.entries()) {
    cumulative += count;
    lines.push(`${name}_bucket${braces({ ...labels, le: i < BUCKETS.length ? String(BUCKETS[i]) : "+Inf" })} ${cumulative}`);
  }
  lines.push(`${name}_sum${braces(labels)} ${sum}`, `${name}_count${braces(labels)} ${cumulative}`);
  return lines;
}

function braces(labels: Labels): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) => `${name}="${value.replace(/[\\"\n]/g, (c) => (c === "\n" ? "\\n" : `\\${c}`))}"`,
  );
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}
