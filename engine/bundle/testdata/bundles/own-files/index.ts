import { greeting } from "local-reader";

export default (): Response => {
  try {
    return new Response(greeting());
  } catch (error) {
    const { code, path } = error as { code: string; path: string };
    return new Response(`${code} ${path}`, { status: 500 });
  }
};
