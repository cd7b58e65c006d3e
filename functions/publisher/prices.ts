import type { ClientOptions } from '../../lib/adapters/aws/clients/options.ts';
import { onDemandPrices, pricingClient } from '../../lib/adapters/aws/pricing.ts';
import { DovetailError } from '../../lib/model/errors.ts';
import type { Metrics } from '../../lib/ports/metrics.ts';

/**
 * On-demand prices as AWS lists them. None when the list cannot be had: the embedded ones rank types nearly as well, and
 * a catalogue with older prices is better than an older catalogue. It is counted, and asked again by the next hour.
 */
export const listedPrices =
  (
    options: ClientOptions,
    { metrics, logger }: { readonly metrics: Metrics; readonly logger: { warn(message: string): void } },
  ) =>
  async (region: string): Promise<ReadonlyMap<string, number>> => {
    const client = pricingClient({ ...options, region });
    try {
      return await onDemandPrices(client, region);
    } catch (error) {
      if (!(error instanceof DovetailError)) throw error;
      metrics.count('PricesEmbedded', 1, { code: error.code });
      logger.warn(`embedded prices are used: ${error.code}: ${error.message}`);
      return new Map();
    } finally {
      client.destroy();
    }
  };
