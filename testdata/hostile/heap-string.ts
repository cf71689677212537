let text = "x";
for (;;) text += text;
export default {};
