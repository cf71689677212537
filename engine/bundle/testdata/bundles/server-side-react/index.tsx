import { useId, useState } from "react";
import { renderToString } from "react-dom/server";

function Counter({ start }: { start: number }) {
  const [count] = useState(start);
  return <p id={useId() && "counter"}>{count} clicks</p>;
}

export default () => new Response(renderToString(<><Counter start={3} /></>));
