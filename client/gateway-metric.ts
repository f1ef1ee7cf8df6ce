import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';

export interface GatewayMetrics {
  readonly mediaType: string;
  countRequest(labels: { readonly route: string; readonly status: number }): void;
  /** One event on its way to Temporal; seconds from the attempt to the answer. */
  observeDelivery(delivery: { readonly source: string; readonly isDelivered: boolean; readonly seconds: number }): void;
  text(): Promise<string>;
}

/** Metrics of one gateway, in a registry of its own, so that several can live in one process. */
export function gatewayMetrics(): GatewayMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: 'tenure_gateway_requests_total',
    help: 'Requests answered, by route and status.',
    labelNames: ['route', 'status'],
    registers,
  });
  const deliveries = new Counter({
    name: 'tenure_gateway_deliveries_total',
    help: 'HR events handed to Temporal, by source and result.',
    labelNames: ['source', 'result'],
    registers,
  });
  const seconds = new Histogram({
    name: 'tenure_gateway_delivery_seconds',
    help: 'Seconds until Temporal had an HR event, or the attempt failed.',
    labelNames: ['result'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers,
  });
  return {
    mediaType: registry.contentType,
    countRequest: ({ route, status }) => requests.inc({ route, status: String(status) }),
    observeDelivery: (delivery) => {
      const result = delivery.isDelivered ? 'delivered' : 'failed';
      deliveries.inc({ source: delivery.source, result });
      seconds.observe({ result }, delivery.seconds);
    },
    text: () => registry.metrics(),
  };
}
