export default function Screen() {
  return <h1>change</h1>;
}
