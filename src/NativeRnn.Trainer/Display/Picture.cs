using ScottPlot;
using SkiaSharp;

namespace NativeRnn.Trainer;

/// <summary>A picture of plots one above the other, written as PNG or SVG.</summary>
internal static class Picture
{
    private const int Width = 900;
    private const int PlotHeight = 360;

    /// <summary>The endings of a picture's name.</summary>
    public static readonly string[] Endings = [".png", ".svg"];

    /// <summary>Draws plots into a file that appears whole or not at all.</summary>
    /// <param name="path">The file; its ending is one of <see cref="Endings"/>.</param>
    /// <param name="plots">The plots, uppermost first.</param>
    /// <param name="height">The height of the whole in pixels, or null for the usual height of each plot.</param>
    /// <exception cref="IOException">The file cannot be written; what stood there before is unharmed.</exception>
    public static void Save(string path, IReadOnlyList<Plot> plots, int? height = null)
    {
        SKSizeI size = new(Width, height ?? plots.Count * PlotHeight);
        byte[] picture = Path.GetExtension(path).Equals(".svg", StringComparison.OrdinalIgnoreCase) ? DrawSvg(plots, size) : DrawPng(plots, size);
        WholeFile.Write(path, picture);
    }

    private static byte[] DrawPng(IReadOnlyList<Plot> plots, SKSizeI size)
    {
        using SKSurface surface = SKSurface.Create(new SKImageInfo(size.Width, size.Height));
        Draw(surface.Canvas, plots, size);
        using SKImage image = surface.Snapshot();
        using SKData data = image.Encode(SKEncodedImageFormat.Png, quality: 100);
        return data.ToArray();
    }

    private static byte[] DrawSvg(IReadOnlyList<Plot> plots, SKSizeI size)
    {
        using MemoryStream stream = new();
        // The text is complete only when the canvas is disposed.
        using (SKCanvas canvas = SKSvgCanvas.Create(new SKRect(0, 0, size.Width, size.Height), stream))
            Draw(canvas, plots, size);
        return stream.ToArray();
    }

    private static void Draw(SKCanvas canvas, IReadOnlyList<Plot> plots, SKSizeI size)
    {
        canvas.Clear(SKColors.White);
        for (int i = 0; i < plots.Count; i++)
        {
            // It would clear the whole canvas, the other plots included.
            plots[i].RenderManager.ClearCanvasBeforeEachRender = false;
            plots[i].Render(canvas, new PixelRect(0, size.Width, (i + 1) * size.Height / plots.Count, i * size.Height / plots.Count));
        }
    }
}
