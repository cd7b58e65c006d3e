/** What a person stopped. `launches`: no new instance; `all`: every write but the removal of our own taints and cordons. */
export type Stop = 'none' | 'launches' | 'all';

/**
 * The kill switch. A reader may see what was set a few seconds ago. A switch that cannot be read throws, so that whoever
 * asked does not go on.
 */
export interface StopSwitch {
  read(): Promise<Stop>;
}
