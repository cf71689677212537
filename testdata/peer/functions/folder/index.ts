import { greeting } from "./greeting";

export default { fetch: (): Response => new Response(greeting) };
