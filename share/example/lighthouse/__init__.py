"""What a lighthouse keeper has to reckon with: the lamp, the tide, the ships."""
