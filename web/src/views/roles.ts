/** What a role may do here, so that nobody is offered what the server refuses. */

export function leads(role: string | undefined): boolean {
  return role === "owner" || role === "moderator";
}
