/** Header of a part that cloud-init runs. */
export const SCRIPT_HEADER = 'Content-Type: text/x-shellscript; charset="us-ascii"';
