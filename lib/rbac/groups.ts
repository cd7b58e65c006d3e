/** Kubernetes groups of the functions that enter the cluster. Their access entries name them, their roles are bound to them. */
export const GROUP = {
  poller: 'dovetail:poller',
  drainer: 'dovetail:drainer',
} as const;
