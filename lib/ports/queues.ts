import type { DrainRequest } from '../messages/drain-request.ts';
import type { Launch } from '../messages/launch.ts';
import type { ProvisionRequest } from '../messages/provision-request.ts';

/**
 * Sending sides of the queues. At-least-once: a message may arrive twice, late or out of order. A throw means that it is
 * unknown whether the message was sent.
 */
export interface ProvisionQueue {
  /** FIFO, one group; the request id is the deduplication id (5 minutes). */
  send(request: ProvisionRequest): Promise<void>;
}

export interface LaunchQueue {
  send(message: Launch, delayMs?: number): Promise<void>;
}

export interface DrainQueue {
  send(message: DrainRequest, delayMs?: number): Promise<void>;
}
