import { greet } from "../lib/region";

export default { fetch: () => new Response(greet("the API")) };
