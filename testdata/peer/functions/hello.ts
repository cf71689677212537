// One function, deployed without a policy.
import { greeting } from "./folder/greeting";

export default { fetch: (): Response => new Response(greeting) };
