import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** The metrics of one process, in Prometheus' format at `/metrics`. Labels carry codes, never data of events. */
export class Metrics {
  readonly registry = new Registry();

  readonly ingressRequests = new Counter({
    name: 'tributary_ingress_requests_total',
    help: 'Requests answered by the pixel ingress',
    labelNames: ['endpoint', 'outcome'] as const,
    registers: [this.registry],
  });
  readonly ingressInFlight = new Gauge({
    name: 'tributary_ingress_in_flight_events',
    help: 'Accepted events whose acknowledgement by the log is awaited',
    registers: [this.registry],
  });
  readonly ingressPublishSeconds = new Histogram({
    name: 'tributary_ingress_publish_duration_seconds',
    help: 'From the first event of a micro-batch to the acknowledgement by the log',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [this.registry],
  });
  readonly consumedRecords = new Counter({
    name: 'tributary_consumed_records_total',
    help: 'Records whose batch was handled and committed',
    labelNames: ['group', 'topic'] as const,
    registers: [this.registry],
  });
  readonly batchSeconds = new Histogram({
    name: 'tributary_batch_duration_seconds',
    help: 'Time a batch took until its effects were durable',
    labelNames: ['group', 'topic', 'outcome'] as const,
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [this.registry],
  });
  readonly batchRecords = new Histogram({
    name: 'tributary_batch_records',
    help: 'Records in a batch',
    labelNames: ['group', 'topic'] as const,
    buckets: [1, 5, 10, 50, 100, 250, 500, 1000],
    registers: [this.registry],
  });
  readonly deadLetters = new Counter({
    name: 'tributary_dead_letters_total',
    help: 'Records published as dead letters',
    labelNames: ['app', 'reason'] as const,
    registers: [this.registry],
  });
  readonly consumerLag = new Gauge({
    name: 'tributary_consumer_lag_records',
    help: 'Records that a consumer group has still to handle',
    labelNames: ['group', 'topic', 'partition'] as const,
    registers: [this.registry],
  });

  readonly sourceSlices = new Counter({
    name: 'tributary_source_slices_total',
    help: 'Readings of slices of partner streams; outcome is succeeded, unchanged, abandoned, or the code of the failure',
    labelNames: ['source', 'stream', 'kind', 'outcome'] as const,
    registers: [this.registry],
  });
  readonly sourceRows = new Counter({
    name: 'tributary_source_rows_total',
    help: 'Records read from partners, in slices that were read to their end',
    labelNames: ['source', 'stream', 'kind'] as const,
    registers: [this.registry],
  });
  readonly sourceSliceSeconds = new Histogram({
    name: 'tributary_source_slice_duration_seconds',
    help: 'From the first request of a slice to the acknowledgement of its records',
    labelNames: ['source', 'stream'] as const,
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800],
    registers: [this.registry],
  });
  readonly sourceWatermarkLag = new Gauge({
    name: 'tributary_source_watermark_lag_seconds',
    help: 'For how long there may have been something of a stream to read that is not read; 0: all that can be read is',
    labelNames: ['source', 'stream'] as const,
    registers: [this.registry],
  });
  readonly sourceRequests = new Counter({
    name: 'tributary_source_requests_total',
    help: 'Requests to partners; status is 2xx, 3xx, 4xx, 5xx, or none',
    labelNames: ['source', 'status'] as const,
    registers: [this.registry],
  });
  readonly sourceBytesBilled = new Counter({
    name: 'tributary_source_billed_bytes_total',
    help: 'Bytes that BigQuery bills for reading a source',
    labelNames: ['source'] as const,
    registers: [this.registry],
  });
  readonly sourceBudgetWaitSeconds = new Histogram({
    name: 'tributary_source_budget_wait_seconds',
    help: 'How long a request waited for its permission',
    labelNames: ['source'] as const,
    buckets: [0.01, 0.1, 0.5, 1, 5, 15, 60, 300, 1800],
    registers: [this.registry],
  });

  readonly pubsubReceived = new Counter({
    name: 'tributary_pubsub_received_total',
    help: 'Messages that came from Pub/Sub',
    labelNames: ['source', 'stream'] as const,
    registers: [this.registry],
  });
  readonly pubsubMessages = new Counter({
    name: 'tributary_pubsub_messages_total',
    help: 'What became of messages: acked; late, where the acknowledgement came too late; nacked; dead, which are acked too',
    labelNames: ['source', 'stream', 'outcome'] as const,
    registers: [this.registry],
  });
  readonly pubsubRedelivered = new Counter({
    name: 'tributary_pubsub_redelivered_total',
    help: 'Messages that had been delivered before, where the subscription counts attempts',
    labelNames: ['source', 'stream'] as const,
    registers: [this.registry],
  });
  readonly pubsubBatchMessages = new Histogram({
    name: 'tributary_pubsub_batch_messages',
    help: 'Messages that went to the log and were acknowledged together',
    labelNames: ['source', 'stream'] as const,
    buckets: [1, 5, 10, 50, 100, 250, 500, 1000, 5000],
    registers: [this.registry],
  });
  readonly pubsubAgeSeconds = new Histogram({
    name: 'tributary_pubsub_age_seconds',
    help: 'From the publishing of the oldest message of a batch to its acknowledgement',
    labelNames: ['source', 'stream'] as const,
    buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 21600, 86400],
    registers: [this.registry],
  });
  readonly pubsubOldestSeconds = new Gauge({
    name: 'tributary_pubsub_oldest_seconds',
    help: 'Age of the oldest message in hand; 0 where there is none',
    labelNames: ['source', 'stream'] as const,
    registers: [this.registry],
  });
  readonly pubsubPullFailures = new Counter({
    name: 'tributary_pubsub_pull_failures_total',
    help: 'Times that a subscription could not be pulled, by the status of Pub/Sub',
    labelNames: ['source', 'stream', 'code'] as const,
    registers: [this.registry],
  });

  readonly commissionMarks = new Gauge({
    name: 'tributary_commission_marks',
    help: 'Marks that wait: writes of facts, players and partners whose commissions are to be reckoned',
    registers: [this.registry],
  });
  readonly commissionSetAside = new Gauge({
    name: 'tributary_commission_set_aside',
    help: 'Players, and partners, that are set aside as their commissions cannot be reckoned',
    registers: [this.registry],
  });
  readonly commissionSubjects = new Counter({
    name: 'tributary_commission_subjects_total',
    help: 'Players, and clicks of installs, whose commissions were reckoned',
    registers: [this.registry],
  });
  readonly commissionSeconds = new Histogram({
    name: 'tributary_commission_run_duration_seconds',
    help: 'Time that a run took in which anything was reckoned',
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800],
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }
}
