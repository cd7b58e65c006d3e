/** Every bound of the control path, with its unit and reason. */
import { TOKEN_LIFE_MS } from '../ports/fleet.ts';

/** Karpenter's batching: a window ends 1 s after the last new pod, 10 s after the first. */
export const BATCH_IDLE_MS = 1_000;
export const BATCH_MAX_MS = 10_000;

/** A pod without coverage is asked for again after this; doubling, because most such pods have no possible node. */
export const REASK_MS = 10_000;
export const REASK_MAX_MS = 120_000;
/** A request becomes claims within this, as a rule: so long claims are read often after asking. */
export const ANSWER_MS = 30_000;

/** A request names at most this many pods: 2,000 uids of 36 characters stay below 100 KiB of SQS's 256 KiB. */
export const PODS_PER_REQUEST = 2_000;
/** A request older than this is dropped: its pods have been asked for again by then. */
export const REQUEST_LIFE_MS = 5 * 60_000;

/** The poller's lease: renewed every 5 s, dead after 20 s, so a crashed poller is replaced by the next tick. */
export const LEASE_RENEW_MS = 5_000;
export const LEASE_LIFE_MS = 20_000;
/** A tick that finds the holder within this of its end waits for it and takes over; one tick and a bit. */
export const HANDOVER_MS = 75_000;
/** How often it looks once the holder's time is over: nobody watches then. */
export const HANDOVER_LOOK_MS = 500;

/**
 * Claims and slots that something is due for are read again this often while nodes or pods are on their way, and when
 * nothing moves. All of them are read again more rarely: at 5,000 nodes that is 1,250 units of reading each time.
 */
export const CLAIMS_BUSY_MS = 1_000;
export const CLAIMS_QUIET_MS = 10_000;
export const CLAIMS_ALL_MS = 60_000;
/** Slots stay listed this long after they settled: no plan is made from a snapshot that is older. */
export const SLOTS_LISTED_MS = 10 * 60_000;
/** Longest wait for a change of the cluster; also how quickly a new claim is noticed when nothing moves. */
export const WATCH_WAIT_MS = 5_000;
/**
 * Pause after a round that a throttled or lost call ended, doubling while rounds go on failing: a right that is missing is
 * not asked for every second. The longest still renews the lease in time.
 */
export const ROUND_PAUSE_MS = 1_000;
export const ROUND_PAUSE_MAX_MS = 8_000;
/** A snapshot is written at least this often, because emptiness is judged on it. */
export const SNAPSHOT_EVERY_MS = 60_000;
/** A watch is resumed from a snapshot at most this old; the API server keeps about 5 minutes of history. */
export const SNAPSHOT_RESUME_MS = 4 * 60_000;
/** Disruption does not act on a snapshot older than this. */
export const SNAPSHOT_MAX_AGE_MS = 120_000;

/** Claims of one order: one CreateFleet call, so that a bad answer strands no more than this. */
export const ORDER_MAX_CLAIMS = 50;
/** Karpenter launches from at most 60 types; CreateFleet takes at most 300 overrides. */
export const FLEET_MAX_TYPES = 60;
export const FLEET_MAX_OVERRIDES = 300;
/** Attempts of an order before its claims fail and their pods are planned anew. */
export const LAUNCH_MAX_ATTEMPTS = 5;
/**
 * A stored request is sent again only this long after it was stored: the token's life less the longest time that a call
 * may be on its way, because EC2 would start a second set of instances for a token it has forgotten.
 */
export const RESEND_MS = TOKEN_LIFE_MS - 60_000;
/**
 * When a request that is not sent again any more is looked up by its tags: the last time it may have been sent, plus a
 * minute on its way, plus a minute until DescribeInstances shows what it started.
 */
export const LOOKUP_MS = RESEND_MS + 120_000;
/** Wait before the next attempt when EC2 throttled; doubles with each attempt. */
export const LAUNCH_THROTTLE_MS = 2_000;

/** Karpenter's liveness limits. */
export const LAUNCH_TIMEOUT_MS = 5 * 60_000;
export const REGISTRATION_TIMEOUT_MS = 15 * 60_000;
/** A launched instance may be missing from DescribeInstances this long without being thought lost. */
export const INSTANCE_VISIBLE_MS = 3 * 60_000;
/** A Node missing from a snapshot taken this long after it registered was deleted, and not just not seen yet. */
export const NODE_DELETED_MS = 60_000;
/** A node that registered but is not ready after this gives up its planned pods; its claim has until the registration timeout. */
export const NOT_READY_LIMIT_MS = 5 * 60_000;
/** An instance of ours that no claim took ends after this. */
export const ORPHAN_AGE_MS = 60_000;
/** Work that moved nothing for this long is started again by the reconciler. */
export const STALLED_MS = 60_000;

/** A slot is opened at latest this long after its node was ready and registered (docs/placement.md). */
export const SLOT_LIMIT_MS = 2 * 60_000;
/** A pod planned onto a node that is already open is waited for this long (Karpenter's nomination window). */
export const NOMINATION_MS = 20_000;
/** DaemonSet pods get this long to take their room on a node that is cordoned for them. */
export const DAEMONSETS_FIRST_MS = 5_000;
/** Device plugins get longer to show the resource that a planned pod waits for. */
export const DEVICE_PLUGIN_LIMIT_MS = 5 * 60_000;
/** `lastPodEventAtMs` is written at most this often (Karpenter: 10 s). */
export const POD_EVENT_DEDUPE_MS = 10_000;

/** Between tainting a node and trusting that no pod was bound meanwhile (Karpenter: 5 s). */
export const DRAIN_SETTLE_MS = 5_000;
/** Between looks at a terminating instance (Karpenter: 5 s). */
export const TERMINATE_POLL_MS = 5_000;
/** Steps of one drain message chain; the reconciler starts a new chain if it ever ends early. */
export const DRAIN_MAX_HOPS = 200;

/**
 * After so long, from the start of a delivery, no plan is searched any further: the best one so far is committed. A third of
 * the provisioner's minute, so that reading before and committing after have the rest; pods wait no longer than that.
 */
export const SEARCH_MAX_MS = 20_000;

/** Pods of one namespace whose tolerations may fail in a round before the others of it are left to the next one. */
export const TOLERATIONS_FAILED_MAX = 3;

/** Writes to tables and to the API server in flight at a time. */
export const PARALLEL_WRITES = 20;
